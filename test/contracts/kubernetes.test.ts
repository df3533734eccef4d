import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, it } from 'node:test'
import { defaultHttpPort } from '../../src/cli/options/setting-options.js'
import { options } from '../../src/config/options.js'
import { place } from '../support/kubernetes/field.js'
import { type Json, type Manifest, parseManifests, readManifests } from '../support/kubernetes/manifest.js'
import { problemsOf } from '../support/kubernetes/policies.js'
import { render } from '../support/kubernetes/render.js'
import { schemaProblems } from '../support/kubernetes/schemas.js'
import { deployFolder, imageVersion, kustomizations } from '../support/kubernetes/variants.js'

const [plain] = kustomizations

describe('the manifests of Kubernetes', () => {
  for (const { folder, openshift } of kustomizations) {
    it(`${folder}: keep to the published schemas and to our rules`, () => {
      const { manifests } = render(folder)
      assert.ok(manifests.length > 5)
      assert.deepEqual(problemsOf(manifests, { openshift, version: imageVersion }), [])
    })
  }

  it('are all part of a kustomization', () => {
    const read = new Set(kustomizations.flatMap(({ folder }) => [...render(folder).files]))
    const files = readdirSync(deployFolder, { recursive: true })
      .map((name) => resolve(deployFolder, String(name)))
      .filter((path) => /\.ya?ml$/.test(path))
    assert.deepEqual(
      files.filter((path) => !read.has(path)),
      [],
    )
  })

  it('run every program, each on the port that is its default', () => {
    const text = JSON.stringify(render(plain.folder).manifests)
    for (const [program, port] of [
      ['model-server', options.MODEL_SERVER_PORT.default],
      ['online-trainer', options.ONLINE_TRAINER_PORT.default],
      ['offline-trainer', options.OFFLINE_TRAINER_PORT.default],
      ['estimator', Number(defaultHttpPort)],
    ]) {
      assert.match(text, new RegExp(`"command":\\["${program}"\\]`))
      assert.match(text, new RegExp(`"containerPort":${port}`))
    }
  })

  it('prefer the trained pipeline where there is an online trainer, and only there', () => {
    const settings = (folder: string) =>
      render(folder).manifests.find(
        ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'kepler-model-server',
      )?.data
    assert.deepEqual(settings(plain.folder), {
      LOG_LEVEL: 'info',
      PREFER_TRAINED_PIPELINE: 'true',
      PROM_SERVER: 'http://prometheus-k8s.monitoring.svc:9090',
    })
    assert.deepEqual(settings(join(deployFolder, 'base/model-server')), { LOG_LEVEL: 'info' })
  })

  it("keep to the published schemas beside Kepler's chart too", () => {
    const problems = readManifests('deploy/helm/kepler/power-meter.yml').flatMap(schemaProblems)
    assert.deepEqual(problems, [])
  })

  it('state the version of the package as the tag of the image', () => {
    const files = readdirSync(deployFolder, { recursive: true }).map((name) => join(deployFolder, String(name)))
    const tags = files
      .filter((path) => path.endsWith('.yml'))
      .flatMap((path) => readFileSync(path, 'utf8').match(/kepler-model-server:[\w.-]+$/gm) ?? [])
    assert.ok(tags.length >= 4)
    assert.deepEqual([...new Set(tags)], [`kepler-model-server:${imageVersion}`])
  })
})

/** Container of the model server and of its trainer, once rendered: what a patch adds comes first. */
const pod = 'spec.template.spec'
const server = `${pod}.containers.1`
const trainer = `${pod}.containers.0`
const faults: readonly (readonly [kind: string, path: string, value: Json | undefined, complaint: RegExp])[] = [
  ['Deployment', `${server}.ports.0.containerPort`, '8100', /must be integer/],
  ['Deployment', `${server}.imagePullPolcy`, 'Always', /unknown field .*imagePullPolcy/],
  ['Deployment', 'metadata.labell', {}, /unknown field metadata.labell/],
  ['Deployment', 'sped', {}, /unknown field sped/],
  ['NetworkPolicy', 'spec.policyTypes', 'Ingress', /must be array/],
  ['ServiceMonitor', 'spec.endpoints.0.interval', '15 seconds', /must match pattern/],
  ['PodMonitor', 'spec.podMetricsEndpoints.0.scheme2', 'http', /unknown field/],
  ['Deployment', 'apiVersion', 'apps/v2', /no schema is known/],
  ['Deployment', `${pod}.securityContext.runAsNonRoot`, false, /runs as root/],
  ['Deployment', `${pod}.securityContext.runAsUser`, 0, /runs as root/],
  ['Deployment', `${pod}.securityContext.runAsUser`, undefined, /has no runAsUser/],
  ['Deployment', `${pod}.securityContext.seccompProfile`, undefined, /no seccomp profile/],
  ['Deployment', `${server}.securityContext.readOnlyRootFilesystem`, undefined, /may write to its root/],
  ['Deployment', `${server}.securityContext.allowPrivilegeEscalation`, undefined, /may gain privileges/],
  ['Deployment', `${server}.securityContext.privileged`, true, /may gain privileges/],
  ['Deployment', `${server}.securityContext.capabilities.drop`, ['NET_RAW'], /keeps capabilities/],
  ['Deployment', `${server}.securityContext.capabilities.add`, ['SYS_ADMIN'], /keeps capabilities/],
  ['Deployment', `${server}.startupProbe`, undefined, /no startup probe/],
  ['Deployment', `${server}.readinessProbe.httpGet.path`, '/healthz', /no readiness probe/],
  ['Deployment', `${server}.livenessProbe.httpGet.port`, 'web', /no liveness probe/],
  ['Deployment', `${server}.resources.limits`, undefined, /no limit of memory/],
  ['Deployment', `${server}.resources.requests.cpu`, undefined, /requests no cpu/],
  ['Deployment', `${server}.image`, 'kepler-model-server:latest', /not pinned/],
  ['Deployment', `${server}.image`, 'kepler-model-server:0.0.9', /another image/],
  ['Deployment', `${server}.command`, ['kepler-model-sever'], /none of our programs/],
  ['Deployment', `${server}.ports.0.containerPort`, 8105, /does not listen on/],
  ['Deployment', `${server}.env`, [{ name: 'MODEL_SERVER_PROT', value: '1' }], /do not exist: MODEL_SERVER_PROT/],
  ['Deployment', `${server}.env`, [{ name: 'MODEL_SERVER_MAX_BODY', value: 'big' }], /MODEL_SERVER_MAX_BODY/],
  ['Deployment', `${server}.volumeMounts.1.name`, 'modles', /volume modles, which is not there/],
  ['Deployment', `${server}.volumeMounts.1.mountPath`, '/models', /writes to a folder that is no volume/],
  ['Deployment', `${trainer}.volumeMounts.2.readOnly`, true, /writes to a folder that is no volume/],
  ['Deployment', `${trainer}.resources.limits.memory`, '1000Mi', /twice its history/],
  ['Deployment', `${trainer}.env`, [{ name: 'PROM_CA_FILE', value: '/etc/ca/ca.crt' }], /a file that no volume has/],
  ['Deployment', `${pod}.volumes.0.emptyDir`, {}, /may fill the node's disk/],
  ['Deployment', `${pod}.volumes.1.configMap.name`, 'kepler', /a map kepler that is not there/],
  ['Deployment', `${pod}.volumes.2.persistentVolumeClaim.claimName`, 'm', /a claim m that is not there/],
  ['Deployment', `${pod}.terminationGracePeriodSeconds`, 10, /ended before it can stop/],
  ['Deployment', `${pod}.enableServiceLinks`, undefined, /names of services/],
  ['Deployment', `${pod}.automountServiceAccountToken`, undefined, /token for the API server/],
  ['Deployment', `${pod}.serviceAccountName`, 'default', /no service account/],
  ['Deployment', 'spec.strategy', undefined, /two pods at the volume/],
  ['Deployment', 'spec.selector.matchLabels', { app: 'x' }, /does not select its own pods/],
  ['ConfigMap', 'data.PROM_SERVR', 'http://p:9090', /do not exist: PROM_SERVR/],
  ['ConfigMap', 'data.PROM_SERVER', 'prometheus:9090', /PROM_SERVER/],
  ['Service', 'spec.ports.0.targetPort', 'trainer', /names port trainer/],
  ['Service', 'spec.selector', { app: 'x' }, /names port/],
  ['ServiceMonitor', 'spec.endpoints.0.port', 'web', /names port web/],
  ['ServiceMonitor', 'spec.selector.matchLabels', { app: 'x' }, /names port http/],
  ['PodMonitor', 'spec.podMetricsEndpoints.1.port', 'web', /names port web/],
  ['NetworkPolicy', 'spec.ingress.0.ports.0.port', 'web', /names port web/],
  ['DaemonSet', `${pod}.containers.1.securityContext.runAsUser`, undefined, /has no runAsUser/],
  ['DaemonSet', `${pod}.containers.1.env.2.value`, '127.0.0.1', /does not listen on/],
  ['DaemonSet', `${pod}.containers.0.image`, 'quay.io/kepler', /not pinned/],
]

describe('the rules for manifests', () => {
  const monitored = join(deployFolder, 'overlays/kubernetes-monitored')
  for (const [kind, path, value, complaint] of faults) {
    it(`find a ${kind} with ${path} = ${JSON.stringify(value) ?? 'nothing'}`, () => {
      const manifests = structuredClone(render(monitored).manifests)
      set(manifests, kind, path, value)
      assert.match(problemsOf(manifests, { openshift: false, version: imageVersion }).join('\n'), complaint)
    })
  }

  it('find a fixed user on OpenShift, and a privilege for others than Kepler', () => {
    const manifests = structuredClone(render(join(deployFolder, 'overlays/openshift')).manifests)
    set(manifests, 'Deployment', `${pod}.securityContext.fsGroup`, 1000)
    set(manifests, 'RoleBinding', 'subjects.0.name', 'kepler-model-server')
    const problems = problemsOf(manifests, { openshift: true, version: imageVersion }).join('\n')
    assert.match(problems, /has a fixed user or group/)
    assert.match(problems, /lets others than Kepler be privileged/)
  })

  it('find a route that leads nowhere', () => {
    const manifests = structuredClone(render('test/fixtures/kubernetes/with-options').manifests)
    set(manifests, 'Route', 'spec.to.name', 'model-server')
    assert.match(
      problemsOf(manifests, { openshift: false, version: imageVersion }).join('\n'),
      /Route kepler-model-server leads to no service/,
    )
  })

  it('find a key that stands twice in a file', () => {
    assert.throws(() => parseManifests('kind: A\nkind: B\n', 'twice.yml'), /twice.yml: Map keys must be unique/)
  })
})

function set(manifests: readonly Manifest[], kind: string, path: string, value: Json | undefined): void {
  const [parent, key] = place(manifests, kind, path)
  if (Array.isArray(parent)) parent[Number(key)] = value ?? null
  else if (value === undefined) delete parent[key]
  else parent[key] = value
}
