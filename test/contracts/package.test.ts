import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, it } from 'node:test'

/** What npm would pack, without packing it. What is built does not matter here. */
function packedFiles(): readonly string[] {
  const packed = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { encoding: 'utf8' })
  assert.equal(packed.status, 0, packed.stderr)
  const [{ files }] = JSON.parse(packed.stdout) as [{ files: readonly { path: string }[] }]
  return files.map(({ path }) => path)
}

const description = JSON.parse(readFileSync('package.json', 'utf8'))

describe('the package', () => {
  const files = packedFiles()
  const folders = new Set(files.flatMap((file) => file.split('/').map((_, i, parts) => parts.slice(0, i).join('/'))))

  it('links to nothing that is not in it', () => {
    const pages = files.filter((file) => file.endsWith('.md'))
    assert.ok(pages.includes('README.md') && pages.length > 10)
    for (const page of pages) {
      // Of a line of code nothing is a link.
      const text = readFileSync(page, 'utf8').replaceAll(/^```[\s\S]*?^```|`[^`\n]*`/gm, '')
      for (const [, link = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^[a-z]+:/.test(link) || link.startsWith('#')) continue
        const path = normalize(join(dirname(page), link.replace(/#.*$/, ''))).replace(/\/$/, '')
        assert.ok(files.includes(path) || folders.has(path), `${page} links to ${link}, which is not packed`)
      }
    }
  })

  it('has a program of its own name, which npx starts', () => {
    assert.equal(description.bin[description.name], 'dist/bin/kepler-model-server.js')
    for (const file of Object.values(description.bin)) {
      const source = String(file).replace(/^dist\/(.*)\.js$/, 'src/$1.ts')
      assert.match(readFileSync(source, 'utf8'), /^#!\/usr\/bin\/env node\n/)
    }
  })

  it('says in its changelog what its version brought', () => {
    const { version } = description
    assert.match(readFileSync('CHANGELOG.md', 'utf8'), new RegExp(`^## \\[${version}\\] - \\d{4}-\\d{2}-\\d{2}$`, 'm'))
  })

  it('has no override, which would not hold for who installs it', () => {
    assert.equal(description.overrides, undefined)
  })
})
