// The page for a frame: one element, as its address asks for it. The page around the frame hears of
// it and steers it by messages, and its history is never touched.
(() => {
  const SCENARIOS = '__UVMSCOPE_SCENARIOS__'.split(' ');
  const NAMES = [
    'scenario', 'kernel', 'compare', 'at', 'theme', 'controls', 'mode', 'lang', 'height',
  ];
  /** Pixels beyond which no frame is asked to grow. */
  const TALLEST = 4000;
  /** Characters of what is asked for; no place and no kernel has so many. */
  const LONGEST = 1000;
  const VERSION = 1;

  const stage = document.querySelector('#stage');
  const picture = document.querySelector('#picture');
  const whole = document.querySelector('#whole');

  // ---- the element, as the address asks for it ----

  const element = document.createElement('uvm-scope');
  const asked = new URLSearchParams(location.search);
  element.setAttribute('controls', 'min');
  for (const name of NAMES) if (asked.get(name)) element.setAttribute(name, asked.get(name));
  // A link behind `#`, which may carry a script of its own.
  element.toggleAttribute('page', true);
  document.documentElement.dataset.theme = element.getAttribute('theme') ?? 'auto';

  const fragment = location.hash.slice(1);
  const name = fragment === ''
    ? asked.get('scenario') || 'mlock-zero' : fragment.split(/[/@&]/)[0];
  if (SCENARIOS.includes(name)) {
    picture.src = `./pictures/${name}.svg`;
    document.title = `uvmscope: ${name}`;
  }
  // The page as one file works wherever this one does: what a sandbox opens is in it, too.
  const WHOLE = './uvmscope.html';
  whole.href = `${WHOLE}#${fragment === '' ? link() : fragment}`;

  stage.replaceChildren(element);
  // Of a script that travels in the address there is no picture.
  const pictured = fragment === '' || SCENARIOS.includes(name);
  if (pictured) element.append(picture);

  /** What the address asks for, as a link has it. */
  function link() {
    const more = ['kernel', 'compare', 'at'].filter((it) => asked.get(it));
    const parts = more.map((it) => `&${it}=${encodeURIComponent(asked.get(it))}`);
    return encodeURIComponent(name) + parts.join('');
  }

  // Where the script of the element did not come, or is none that this browser understands.
  const started = customElements.get('uvm-scope') !== undefined;
  if (!started) {
    const said = document.createElement('p');
    said.className = 'said';
    said.textContent = pictured
      ? 'This is a still picture: the steps could not be loaded here.'
      : 'The picture could not be loaded here.';
    stage.append(said);
  }

  // ---- what the page around the frame is told ----

  const framed = window.parent !== window;

  /** Nothing that is told is secret, and a page in a sandbox cannot know who asks. */
  function tell(type, detail = {}) {
    if (framed) window.parent.postMessage({ ...detail, src: 'uvmscope', v: VERSION, type }, '*');
  }

  for (const type of ['ready', 'step', 'divergence', 'halt']) {
    element.addEventListener(`uvmscope:${type}`, ({ detail }) => tell(type, detail));
  }
  // In the whole page the reader goes on from the same place.
  for (const type of ['pointerdown', 'keydown', 'click']) {
    whole.addEventListener(type, () => {
      const now = started ? element.link() : null;
      if (now !== null) whole.href = `${WHOLE}#${now}`;
    });
  }

  let told = '';
  new ResizeObserver(() => {
    // What follows the height of the frame asks for none, or both would grow without end.
    if (/vh\s*$/.test(element.getAttribute('height') ?? '')) return;
    const { width, height } = document.body.getBoundingClientRect();
    const size = { width: Math.ceil(width), height: Math.min(Math.ceil(height), TALLEST) };
    const now = `${size.width} ${size.height}`;
    if (now !== told) tell('size', size);
    told = now;
  }).observe(document.body);

  // ---- what the page around the frame may ask for ----

  /** The word that a message has to bring along; the others need none. */
  const WORDS = { goto: 'place', kernel: 'kernel', theme: 'theme' };

  const ASKED = {
    goto: (place) => element.goto(place),
    kernel: (kernel) => element.setKernel(kernel),
    next: () => element.next(),
    prev: () => element.prev(),
    play: () => element.play(),
    pause: () => element.pause(),
    theme: (theme) => {
      element.setAttribute('theme', theme);
      document.documentElement.dataset.theme = theme;
    },
    state: () => tell('state', { state: element.state() }),
  };

  /** Whether something that was sent has the shape of a message. */
  function understood(data) {
    if (data?.src !== 'uvmscope' || data.v !== VERSION) return false;
    if (typeof data.type !== 'string' || !Object.hasOwn(ASKED, data.type)) return false;
    const word = WORDS[data.type];
    // A step may be told as a number.
    return word === undefined || typeof data[word] === 'string'
      || (word === 'place' && typeof data.place === 'number');
  }

  async function obey({ type, ...rest }) {
    if (!started) throw new Error('the steps could not be loaded here');
    const name = WORDS[type];
    const word = rest[name];
    if (typeof word === 'string' && word.length > LONGEST) {
      throw new Error(`${name}: expected at most ${LONGEST} characters, got ${word.length}`);
    }
    await ASKED[type](word);
  }

  addEventListener('message', ({ source, data }) => {
    // An origin says nothing in a sandbox; who sends does.
    if (!framed || source !== window.parent || !understood(data)) return;
    obey(data).catch((refusal) => tell('refused', { asked: data.type, reason: refusal.message }));
  });
})();
