/*
 * A program that locks memory in the ways that an import is to read, in two threads and a child.
 * With an argument it locks, says so, and waits until its input ends.
 */
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096UL

static char *pages(unsigned long count, int more)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | more;
	char *p = mmap(NULL, count * PAGE, PROT_READ | PROT_WRITE, flags, -1, 0);

	if (p == MAP_FAILED)
		_exit(3);
	return p;
}

static void lock_some(unsigned long count)
{
	char *p = pages(count, 0);

	if (mlock(p + PAGE, 1000) || mlock(p + 2 * PAGE, 2 * PAGE))
		_exit(4);
	mlock(p + PAGE, 0);
	munlock(p + 2 * PAGE, PAGE);
	munmap(p, count * PAGE);
}

static void *other(void *unused)
{
	lock_some(24);
	return unused;
}

int main(int argc, char **argv)
{
	pthread_t thread;
	pid_t child;

	(void)argv;
	if (argc > 1) {
		char *p = pages(8, 0);

		if (mlock(p, 8 * PAGE))
			return 4;
		puts("locked");
		fflush(stdout);
		getchar();
		return 0;
	}
	if (pthread_create(&thread, NULL, other, NULL))
		return 5;
	lock_some(16);
	pthread_join(thread, NULL);
	munmap(pages(4, MAP_LOCKED), 4 * PAGE);
	child = fork();
	if (child == 0) {
		lock_some(32);
		_exit(0);
	}
	waitpid(child, NULL, 0);
	if (mlockall(MCL_CURRENT) == 0)
		munlockall();
	return 0;
}
