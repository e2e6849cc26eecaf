import Reveal from './node_modules/reveal.js/dist/reveal.mjs';

// No transitions of the deck's own: the picture moves by itself.
const deck = new Reveal({ hash: true, transition: 'none', width: 1000, height: 780 });
await deck.initialize();
