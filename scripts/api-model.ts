/**
 * The public names of the package with their comments and types, as API Extractor finds them in the declarations that
 * users get. It brings a TypeScript of its own, so the one that compiles the package may be newer.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor'
import * as z from 'zod'

/** Below the project, so that types of other packages are found, and not below `node_modules`, which counts as foreign. */
const folder = resolve('.cache/api')

const token = z.object({ kind: z.string(), text: z.string() })
const member = z.object({
  kind: z.string(),
  name: z.string().default(''),
  docComment: z.string().default(''),
  excerptTokens: z.array(token).default([]),
  isOptional: z.boolean().default(false),
  releaseTag: z.string().optional(),
})
const entry = member.extend({ members: z.array(member).default([]) })
const model = z.object({ members: z.array(z.object({ members: z.array(entry) })) })

export type ApiMember = z.infer<typeof member>
export type ApiEntry = z.infer<typeof entry>

/** @throws Error when a public declaration uses a type that is not exported: nobody could name it */
export function apiModel(): readonly ApiEntry[] {
  mkdirSync(folder, { recursive: true })
  try {
    const types = join(folder, 'types')
    const args = ['-p', 'tsconfig.build.json', '--emitDeclarationOnly', '--sourceMap', 'false', '--outDir', types]
    const { status } = spawnSync('node_modules/.bin/tsc', args, { stdio: 'inherit' })
    if (status !== 0) throw new Error('the declarations cannot be made')
    extractTo(join(types, 'index.d.ts'), join(folder, 'api.json'))
    const [entryPoint] = model.parse(JSON.parse(readFileSync(join(folder, 'api.json'), 'utf8'))).members
    return entryPoint?.members ?? []
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function extractTo(declarations: string, apiJsonFilePath: string): void {
  const forgotten: string[] = []
  const compilerOptions = {
    ...{ target: 'ES2022', lib: ['ES2023'], module: 'NodeNext', moduleResolution: 'NodeNext' },
    ...{ types: ['node'], strict: true, skipLibCheck: true },
  }
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder: resolve('.'),
      mainEntryPointFilePath: declarations,
      compiler: { overrideTsconfig: { compilerOptions, files: [declarations] } },
      apiReport: { enabled: false },
      docModel: { enabled: true, apiJsonFilePath },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        extractorMessageReporting: {
          'ae-forgotten-export': { logLevel: ExtractorLogLevel.Warning, addToApiReportFile: false },
        },
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: resolve('package.json'),
  })
  Extractor.invoke(config, {
    localBuild: true,
    messageCallback(message) {
      message.handled = true
      // Values that only a type is derived from (`typeof`) begin with a small letter: a schema, or a table.
      if (message.messageId === 'ae-forgotten-export' && /"[A-Z]/.test(message.text)) forgotten.push(message.text)
    },
  })
  if (forgotten.length > 0) throw new Error(`src/index.ts: ${forgotten.join('\n')}`)
}
