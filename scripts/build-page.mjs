// Bundles src/page/ into a folder: index.html, and script, style and icon with a hash of their content in their names, each
// also compressed, so that the server has nothing to do but send them.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { build } from 'esbuild'

/** @param {string} folder where the page is put; what is there goes */
export async function buildPage(folder) {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const { metafile } = await build({
    entryPoints: { page: 'src/page/main.tsx', style: 'src/page/style/page.css', icon: 'src/page/icon.svg' },
    outdir: folder,
    tsconfig: 'src/page/tsconfig.json',
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    loader: { '.svg': 'copy' },
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  })
  const names = Object.keys(metafile.outputs).map((path) => path.replace(/^.*\//, ''))
  const named = (pattern) => {
    const name = names.find((one) => pattern.test(one))
    if (name === undefined) throw new Error(`the page has no file ${pattern}`)
    return `page/${name}`
  }
  const index = readFileSync('src/page/index.html', 'utf8')
    .replace('{script}', named(/^page-.*\.js$/))
    .replace('{style}', named(/^style-.*\.css$/))
    .replace('{chart}', named(/^plot-.*\.js$/))
    .replace('{icon}', named(/^icon-.*\.svg$/))
  writeFileSync(join(folder, 'index.html'), index)
  for (const name of readdirSync(folder)) compress(join(folder, name))
}

function compress(path) {
  const bytes = readFileSync(path)
  const best = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }
  writeFileSync(`${path}.br`, brotliCompressSync(bytes, best))
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }))
}
