// The element in a page that is rendered in Node first: the picture there, the element in a browser.
import React from 'react';
import BrowserOnly from '@docusaurus/BrowserOnly';
import Head from '@docusaurus/Head';
import { useColorMode } from '@docusaurus/theme-common';
import useBaseUrl from '@docusaurus/useBaseUrl';

function Picture({ scenario }) {
  const src = useBaseUrl(`/uvmscope/pictures/${scenario}.svg`);
  return <img src={src} alt={`The telling step of the scenario ${scenario}`} />;
}

function Live({ scenario, ...attributes }) {
  const { colorMode } = useColorMode();
  return (
    <uvm-scope controls="min" theme={colorMode} scenario={scenario} {...attributes}>
      <Picture scenario={scenario} />
    </uvm-scope>
  );
}

export default function UvmScope(props) {
  // The files of the element stay together, in static/uvmscope: no bundler has to know them.
  const script = useBaseUrl('/uvmscope/uvmscope.js');
  return (
    <>
      <Head><script type="module" src={script} /></Head>
      <BrowserOnly fallback={<Picture {...props} />}>{() => <Live {...props} />}</BrowserOnly>
    </>
  );
}
