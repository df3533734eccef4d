import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { kustomizeBuild, noKustomize, withoutHashes } from '../support/kubernetes/kustomize.js'
import { type Manifest, nameOf } from '../support/kubernetes/manifest.js'
import { problemsOf } from '../support/kubernetes/policies.js'
import { render } from '../support/kubernetes/render.js'
import { deployFolder, imageVersion, kustomizations } from '../support/kubernetes/variants.js'

describe('the manifests, built by kustomize', { skip: noKustomize }, () => {
  for (const { folder, openshift } of kustomizations) {
    it(`${folder}: keep to the published schemas and to our rules`, () => {
      assert.deepEqual(problemsOf(kustomizeBuild(folder), { openshift, version: imageVersion }), [])
    })
    it(`${folder}: are what the tests without kustomize check`, () => {
      assert.deepEqual(byName(withoutHashes(kustomizeBuild(folder))), byName(render(folder).manifests))
    })
  }

  it('give a changed setting another name, so that the pod starts anew', () => {
    const maps = (folder: string) =>
      kustomizeBuild(folder)
        .filter(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.startsWith('kepler-model-server-'))
        .map(({ metadata }) => metadata.name)
    const plain = maps('deploy/kubernetes/overlays/kubernetes')
    assert.equal(plain.length, 1)
    assert.notDeepEqual(plain, maps('deploy/kubernetes/overlays/openshift'))
  })

  it('take the overlay that their README shows', () => {
    const [, overlay = ''] =
      /```yaml\n(# my-overlay[\s\S]*?)```/.exec(readFileSync(join(deployFolder, 'README.md'), 'utf8')) ?? []
    // kustomize follows no absolute path.
    const folder = mkdtempSync(join('test', 'my-overlay-'))
    try {
      writeFileSync(join(folder, 'kustomization.yaml'), overlay.replaceAll('../deploy/', '../../deploy/'))
      const manifests = kustomizeBuild(folder)
      const text = JSON.stringify(manifests)
      assert.match(text, /"PROM_SERVER":"https:\/\/prometheus.example.com"/)
      assert.match(text, /"PREFER_TRAINED_PIPELINE":"true"/)
      assert.match(text, /"OFFLINE_TRAINER_CONCURRENCY":"2"/)
      assert.match(text, /"secretName":"kepler-prometheus"/)
      assert.doesNotMatch(text, /"image":"kepler-model-server/)
      assert.match(text, new RegExp(`"image":"registry.example.com/kepler-model-server:${imageVersion}"`))
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

function byName(manifests: readonly Manifest[]): Record<string, Manifest> {
  return Object.fromEntries(manifests.map((manifest) => [nameOf(manifest), manifest]))
}
