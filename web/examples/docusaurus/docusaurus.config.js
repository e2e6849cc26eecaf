// The smallest site that shows the element in a page of documentation.
export default {
  title: 'A site with the element in it',
  url: 'https://example.org',
  baseUrl: '/',
  onBrokenLinks: 'throw',
  i18n: { defaultLocale: 'en', locales: ['en'] },
  presets: [['classic', {
    docs: { routeBasePath: '/' },
    blog: false,
    theme: { customCss: './src/css/custom.css' },
  }]],
  themeConfig: { navbar: { title: 'uvmscope' }, colorMode: { respectPrefersColorScheme: true } },
};
