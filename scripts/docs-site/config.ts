import { readFileSync } from 'node:fs'
import type { DefaultTheme, UserConfig } from 'vitepress'

const page = (text: string, link: string): DefaultTheme.SidebarItem => ({ text, link })

/** The pages by what a reader wants of them: to learn, to do, to look up, to understand. */
const sidebar: DefaultTheme.SidebarItem[] = [
  { text: 'Tutorial', items: [page('From measurements to watts', '/docs/tutorial')] },
  {
    text: 'How to',
    items: [
      page('Start', '/'),
      page('Run it', '/docs/operations'),
      page('Kubernetes and OpenShift', '/deploy/kubernetes/README'),
      page('Ask a Prometheus', '/docs/prometheus'),
      page('Other machines and meters', '/docs/measurements'),
      page('Estimate without a meter', '/docs/meter'),
      page('Virtual machines', '/docs/virtual-machines'),
      page('Draw', '/docs/plots'),
      page('Report', '/docs/report'),
      page('Publish a pipeline', '/docs/export'),
      page('Models in other languages', '/docs/onnx'),
      page('Contribute', '/CONTRIBUTING'),
    ],
  },
  {
    text: 'Reference',
    items: [
      page('Command line', '/docs/cli'),
      page('Settings', '/docs/configuration'),
      page('Metrics', '/docs/metrics'),
      page('HTTP', '/docs/http'),
      page("The estimator's protocol", '/docs/estimator'),
      page('Library', '/docs/api'),
      page('File formats', '/docs/file-formats'),
      page('The page', '/docs/page'),
      page('Changes', '/CHANGELOG'),
    ],
  },
  {
    text: 'Explanation',
    items: [
      page('Architecture', '/docs/architecture'),
      page('Regressors', '/docs/regressors'),
      page('Isolators', '/docs/isolators'),
      page('Accuracy and intervals', '/docs/accuracy'),
      page('The universal model', '/docs/universal'),
      page('Accuracy of the universal model', '/docs/universal-accuracy'),
      page('Performance', '/docs/performance'),
      page('Decisions', '/docs/decisions/'),
    ],
  },
]

/** How the site is built from the pages in `srcDir`. Links that lead nowhere fail the build. */
export function siteConfig(srcDir: string, outDir: string): UserConfig<DefaultTheme.Config> {
  return {
    srcDir,
    outDir,
    // The reader's own server, which does not run while the site is built.
    ignoreDeadLinks: 'localhostLinks',
    cacheDir: `${srcDir}/.cache`,
    title: 'Kepler power models',
    description: 'How many watts does a machine, a virtual machine or a container draw, when no meter can tell?',
    head: [['style', {}, readFileSync('scripts/docs-site/site.css', 'utf8')]],
    markdown: {
      // Pages are plain Markdown: nothing in them is a component or an expression.
      html: false,
      attrs: { disable: true },
      // The default's comments are too faint to read on the grey of blocks.
      theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    },
    themeConfig: {
      sidebar,
      outline: [2, 3],
      search: { provider: 'local' },
      nav: [
        { text: 'Tutorial', link: '/docs/tutorial' },
        { text: 'Reference', link: '/docs/cli' },
      ],
    },
  }
}
