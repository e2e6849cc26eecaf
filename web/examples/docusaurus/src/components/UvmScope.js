// The element in a page that is rendered in Node first: the picture there, the element in a browser.
import React, { useEffect } from 'react';
import BrowserOnly from '@docusaurus/BrowserOnly';
import { useColorMode } from '@docusaurus/theme-common';
import useBaseUrl from '@docusaurus/useBaseUrl';

function Picture({ scenario }) {
  const src = useBaseUrl(`/uvmscope/pictures/${scenario}.svg`);
  return <img src={src} alt={`The telling step of the scenario ${scenario}`} />;
}

function Live({ scenario, ...attributes }) {
  const script = useBaseUrl('/uvmscope/uvmscope.js');
  const { colorMode } = useColorMode();
  useEffect(() => {
    // The files of the element stay together, in static/uvmscope: no bundler has to know them.
    import(/* webpackIgnore: true */ script);
  }, [script]);
  return (
    <uvm-scope controls="min" theme={colorMode} scenario={scenario} {...attributes}>
      <Picture scenario={scenario} />
    </uvm-scope>
  );
}

export default function UvmScope(props) {
  return <BrowserOnly fallback={<Picture {...props} />}>{() => <Live {...props} />}</BrowserOnly>;
}
