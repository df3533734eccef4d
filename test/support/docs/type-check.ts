import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Block, placeOf } from './blocks.js'

/** What the compiler says of the programs in TypeScript, with the strictness of this package. */
export function typeMistakes(blocks: readonly Block[]): readonly string[] {
  const programs = blocks.filter(({ language, marks }) => language === 'ts' && !marks.has('signature'))
  const folder = mkdtempSync(join(tmpdir(), 'kepler-snippets-'))
  try {
    for (const [i, { text }] of programs.entries()) {
      writeFileSync(join(folder, `${i}.ts`), text)
    }
    const compilerOptions = {
      paths: { 'kepler-model-server': [resolve('src/index.ts')] },
      typeRoots: [resolve('node_modules/@types')],
      types: ['node'],
      noUnusedLocals: false,
      // Pages have no package of their own around them.
      moduleDetection: 'force',
      module: 'ESNext',
      moduleResolution: 'bundler',
    }
    const config = { extends: resolve('tsconfig.json'), compilerOptions, include: ['*.ts'] }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
    const { stdout } = spawnSync(resolve('node_modules/.bin/tsc'), ['-p', folder, '--pretty', 'false'], {
      cwd: folder,
      encoding: 'utf8',
    })
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) =>
        line.replace(/^(\d+)\.ts\((\d+)/, (_, i, at) => placeOf(shifted(programs[Number(i)]!, Number(at)))),
      )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function shifted(block: Block, line: number): Block {
  return { ...block, line: block.line + line - 1 }
}
