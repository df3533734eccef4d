/**
 * Writes `test/fixtures/kubernetes/kepler/<version>`: a Kepler of the shape that its project deploys (names, volumes, mounts,
 * arguments, rights), plain and with the sidecar of the original estimator, and ours put over either.
 *
 *     npx tsx scripts/make-kepler-manifests.ts
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { stringify } from 'yaml'

const folder = 'test/fixtures/kubernetes/kepler'

/** How the original estimator is started; all else is the same in these versions. */
const sidecars = {
  '0.7.12': { command: ['python3.8'], args: ['-u', 'src/estimate/estimator.py'] },
  '0.8.0': { command: ['python3'], args: ['-u', 'src/kepler_model/estimate/estimator.py'] },
  '0.9.0': { command: ['python3'], args: ['-u', 'src/kepler_model/estimate/estimator.py'] },
}

const name = 'kepler-exporter'
const kepler = '/usr/bin/kepler -v=1 -redfish-cred-file-path=/etc/redfish/redfish.csv'
const shell = ['/bin/sh', '-c']
const hostFolder = (path: string) => ({ hostPath: { path, type: 'Directory' } })
const settingsMount = { name: 'cfm', mountPath: '/etc/kepler/kepler.config', readOnly: true }

const settings = (data: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'kepler-cfm' },
  data,
})

const clusterRole = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: 'kepler-clusterrole' },
  rules: [
    {
      apiGroups: [''],
      resources: ['nodes/metrics', 'nodes/proxy', 'nodes/stats', 'pods'],
      verbs: ['get', 'watch', 'list'],
    },
  ],
}

const fieldOfPod = (variable: string, fieldPath: string) => ({ name: variable, valueFrom: { fieldRef: { fieldPath } } })

function daemonSet(version: string) {
  const labels = { 'app.kubernetes.io/component': 'exporter', 'app.kubernetes.io/name': name }
  const exporter = {
    name,
    image: `quay.io/sustainable_computing_io/kepler:release-${version}`,
    command: shell,
    args: [kepler],
    ports: [{ name: 'http', containerPort: 9102 }],
    securityContext: { privileged: true },
    resources: { requests: { cpu: '100m', memory: '400Mi' } },
    env: [fieldOfPod('NODE_IP', 'status.hostIP'), fieldOfPod('NODE_NAME', 'spec.nodeName')],
    volumeMounts: [
      { name: 'lib-modules', mountPath: '/lib/modules', readOnly: true },
      { name: 'tracing', mountPath: '/sys', readOnly: true },
      { name: 'proc', mountPath: '/proc' },
      { name: 'var-run', mountPath: '/var/run' },
      settingsMount,
      { name: 'redfish', mountPath: '/etc/redfish', readOnly: true },
    ],
  }
  const volumes = [
    { name: 'lib-modules', ...hostFolder('/lib/modules') },
    { name: 'tracing', ...hostFolder('/sys') },
    { name: 'proc', ...hostFolder('/proc') },
    { name: 'var-run', ...hostFolder('/var/run') },
    { name: 'cfm', configMap: { name: 'kepler-cfm' } },
    { name: 'redfish', secret: { secretName: 'redfish' } },
  ]
  const pod = { serviceAccountName: 'kepler-sa', dnsPolicy: 'ClusterFirstWithHostNet', hostPID: true }
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { ...pod, containers: [exporter], volumes } },
    },
  }
}

function sidecarPatch(original: { readonly command: readonly string[]; readonly args: readonly string[] }) {
  const socket = { name: 'tmp', mountPath: '/tmp' }
  const exporter = {
    name,
    command: shell,
    args: [`until [ -e /tmp/estimator.sock ]; do sleep 1; done && ${kepler}`],
    volumeMounts: [socket],
  }
  const estimator = {
    name: 'estimator',
    image: 'quay.io/sustainable_computing_io/kepler_model_server:v0.7',
    imagePullPolicy: 'IfNotPresent',
    ...original,
    volumeMounts: [settingsMount, socket, { name: 'mnt', mountPath: '/mnt' }],
  }
  const volumes = [
    { name: 'tmp', emptyDir: {} },
    { name: 'mnt', emptyDir: {} },
  ]
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name },
    spec: { template: { spec: { containers: [exporter, estimator], volumes } } },
  }
}

const settingsOfKepler = {
  KEPLER_NAMESPACE: 'kepler',
  KEPLER_LOG_LEVEL: '1',
  PROMETHEUS_SCRAPE_INTERVAL: '30s',
  METRIC_PATH: '/metrics',
  BIND_ADDRESS: '0.0.0.0:9102',
  ENABLE_GPU: 'true',
  ENABLE_QAT: 'false',
  ENABLE_EBPF_CGROUPID: 'true',
  EXPOSE_HW_COUNTER_METRICS: 'true',
  EXPOSE_IRQ_COUNTER_METRICS: 'true',
  EXPOSE_CGROUP_METRICS: 'false',
  ENABLE_PROCESS_METRICS: 'false',
  CPU_ARCH_OVERRIDE: '',
  REDFISH_PROBE_INTERVAL_IN_SECONDS: '60',
  REDFISH_SKIP_SSL_VERIFY: 'true',
  MODEL_CONFIG: 'CONTAINER_COMPONENTS_ESTIMATOR=false\n',
}

const model = (component: string) => `http://models.example.com/${component}.zip`
const settingsOfSidecar = {
  MODEL_CONFIG: [
    'NODE_COMPONENTS_ESTIMATOR=true',
    `NODE_COMPONENTS_INIT_URL=${model('components')}`,
    'NODE_TOTAL_ESTIMATOR=true',
    `NODE_TOTAL_INIT_URL=${model('total')}`,
    '',
  ].join('\n'),
}

function write(path: string, ...documents: readonly object[]): void {
  mkdirSync(dirname(path), { recursive: true })
  const texts = documents.map((document) => stringify(document, { lineWidth: 0, aliasDuplicateObjects: false }))
  writeFileSync(path, `# Made by scripts/make-kepler-manifests.ts.\n${texts.join('---\n')}`)
}

const deploy = '../../../../../../deploy/kubernetes'
const ours = {
  resources: [`${deploy}/base/model-server`],
  components: [`${deploy}/components/estimator-sidecar`],
}

for (const [version, original] of Object.entries(sidecars)) {
  const kustomize = (name: string, fields: object) =>
    write(join(folder, version, name, 'kustomization.yaml'), {
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      ...fields,
    })
  write(join(folder, version, 'plain/kepler.yml'), settings(settingsOfKepler), clusterRole, daemonSet(version))
  kustomize('plain', { namespace: 'kepler', resources: ['kepler.yml'] })
  write(join(folder, version, 'sidecar/settings.yml'), settings(settingsOfSidecar))
  write(join(folder, version, 'sidecar/daemonset.yml'), sidecarPatch(original))
  kustomize('sidecar', {
    namespace: 'kepler',
    resources: ['../plain'],
    patches: [{ path: 'settings.yml' }, { path: 'daemonset.yml' }],
  })
  for (const kepler of ['plain', 'sidecar']) {
    kustomize(`ours-over-${kepler}`, {
      namespace: 'kepler',
      resources: [`../${kepler}`, ...ours.resources],
      components: ours.components,
    })
  }
}
