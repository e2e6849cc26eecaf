// What a page may do with the element: call its methods, and listen to its events.
const story = document.querySelector('#story');
const where = document.querySelector('#where');

document.querySelector('#end').addEventListener('click', () => story.goto('100%'));

story.addEventListener('uvmscope:step', ({ detail }) => {
  where.textContent = `call ${detail.at.call}, step ${detail.at.step}`;
});
story.addEventListener('uvmscope:halt', ({ detail }) => {
  where.textContent = detail.reason;
});
