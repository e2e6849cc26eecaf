// The page for a frame: one element, as its address asks for it. The page around the frame hears of
// it and steers it by messages, and its history is never touched.
(() => {
  const SCENARIOS = '__UVMSCOPE_SCENARIOS__'.split(' ');
  const NAMES = [
    'scenario', 'kernel', 'compare', 'at', 'theme', 'controls', 'mode', 'lang', 'height',
  ];
  /** Pixels beyond which no frame is asked to grow. */
  const TALLEST = 4000;
  const VERSION = 1;

  const stage = document.querySelector('#stage');
  const picture = document.querySelector('#picture');
  const whole = document.querySelector('#whole');

  // ---- the element, as the address asks for it ----

  const element = document.createElement('uvm-scope');
  const asked = new URLSearchParams(location.search);
  element.setAttribute('controls', 'min');
  for (const name of NAMES) if (asked.has(name)) element.setAttribute(name, asked.get(name));
  // A link behind `#`, which may carry a script of its own.
  element.toggleAttribute('page', true);
  document.documentElement.dataset.theme = element.getAttribute('theme') ?? 'auto';

  const fragment = location.hash.slice(1);
  const name = fragment === ''
    ? asked.get('scenario') ?? 'mlock-zero' : fragment.split(/[/@&]/)[0];
  if (SCENARIOS.includes(name)) {
    picture.src = `./pictures/${name}.svg`;
    document.title = `uvmscope: ${name}`;
  } else if (fragment !== '') {
    // Of a script that travels in the address there is no picture.
    picture.remove();
  }
  // The page as one file works wherever this one does: what a sandbox opens is in it, too.
  const WHOLE = './uvmscope.html';
  whole.href = `${WHOLE}#${fragment === '' ? name : fragment}`;

  stage.replaceChildren(element);
  element.append(picture);

  // ---- what the page around the frame is told ----

  const framed = window.parent !== window;

  /** Nothing that is told is secret, and a page in a sandbox cannot know who asks. */
  function tell(type, detail = {}) {
    if (framed) window.parent.postMessage({ src: 'uvmscope', v: VERSION, type, ...detail }, '*');
  }

  for (const type of ['ready', 'step', 'divergence', 'halt']) {
    element.addEventListener(`uvmscope:${type}`, ({ detail }) => tell(type, detail));
  }
  // In the whole page the reader goes on from the same place.
  for (const type of ['pointerdown', 'keydown', 'click']) {
    whole.addEventListener(type, () => {
      const link = element.link();
      if (link !== null) whole.href = `${WHOLE}#${link}`;
    });
  }

  let told = '';
  new ResizeObserver(() => {
    const { width, height } = document.body.getBoundingClientRect();
    const size = { width: Math.ceil(width), height: Math.min(Math.ceil(height), TALLEST) };
    const now = `${size.width} ${size.height}`;
    if (now !== told) tell('size', size);
    told = now;
  }).observe(document.body);

  // ---- what the page around the frame may ask for ----

  const ASKED = {
    goto: ({ place }) => element.goto(place),
    kernel: ({ kernel }) => element.setKernel(kernel),
    next: () => element.next(),
    prev: () => element.prev(),
    play: () => element.play(),
    pause: () => element.pause(),
    theme: async ({ theme }) => {
      element.setAttribute('theme', theme);
      document.documentElement.dataset.theme = theme;
    },
    state: async () => tell('state', { state: element.state() }),
  };

  addEventListener('message', ({ source, data }) => {
    // An origin says nothing in a sandbox; who sends does.
    if (!framed || source !== window.parent) return;
    if (data?.src !== 'uvmscope' || data.v !== VERSION || !Object.hasOwn(ASKED, data.type)) return;
    ASKED[data.type](data).catch((refusal) => {
      tell('refused', { asked: data.type, reason: refusal.message });
    });
  });
})();
