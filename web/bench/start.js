// Starts the bare page; `?groups=200` gives it something to draw.
import start, { mount } from './uvmscope-bare.js';

await start();
mount(Number(new URLSearchParams(location.search).get('groups') ?? 0));
