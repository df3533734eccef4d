import { randomBytes } from 'node:crypto'
import { pipelineVersions } from '../../src/online/versions/versions.js'
import { writeFileAtomic } from '../../src/runtime/atomic-file.js'
import { zipOf } from './pipeline-fixture.js'

// A program for tests that kill it: publishes one version after another into the folder of its argument, and says which.
const [folder = ''] = process.argv.slice(2)
const versions = pipelineVersions(folder, 'std', 3)
const ballast = randomBytes(200_000)
for (;;) {
  const version = await versions.nextNumber()
  const zip = zipOf({ 'metadata.json': JSON.stringify({ name: 'std', version }), ballast })
  await writeFileAtomic(versions.candidatePath, [zip])
  await versions.publish(version)
  process.stdout.write(`${version}\n`)
  await versions.log({ time: new Date().toISOString(), action: 'published', version, why: 'a test' })
}
