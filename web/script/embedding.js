// The manual of embedding: its snippets name this very place, and each can be copied.
const HERE = new URL('./', location.href).href;
const ELSEWHERE = 'https://example.org/uvmscope/';

for (const block of document.querySelectorAll('pre')) {
  const code = block.querySelector('code');
  code.textContent = code.textContent.replaceAll(ELSEWHERE, HERE);
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = 'Copy';
  const said = document.createElement('span');
  said.setAttribute('role', 'status');
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      said.textContent = 'Copied.';
    } catch {
      // The page may not copy: the reader can.
      getSelection().selectAllChildren(code);
      said.textContent = 'Selected: copy it with Ctrl+C.';
    }
  });
  const bar = document.createElement('p');
  bar.className = 'copy';
  bar.append(button, said);
  block.after(bar);
}
