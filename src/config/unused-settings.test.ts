import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { isKnownSetting, unusedSettings } from './unused-settings.js'

/** Files of the config map that Kepler's manifests and compose files mount, and its patches of it. */
const keysOfKepler = [
  ...[
    'KEPLER_NAMESPACE',
    'KEPLER_LOG_LEVEL',
    'PROMETHEUS_SCRAPE_INTERVAL',
    'METRIC_PATH',
    'BIND_ADDRESS',
    'ENABLE_GPU',
  ],
  ...[
    'ENABLE_QAT',
    'ENABLE_EBPF_CGROUPID',
    'EXPOSE_HW_COUNTER_METRICS',
    'EXPOSE_IRQ_COUNTER_METRICS',
    'CPU_ARCH_OVERRIDE',
  ],
  ...[
    'EXPOSE_CGROUP_METRICS',
    'ENABLE_PROCESS_METRICS',
    'REDFISH_PROBE_INTERVAL_IN_SECONDS',
    'REDFISH_SKIP_SSL_VERIFY',
  ],
  ...['MAX_LOOKUP_RETRY', 'MODEL_SERVER_ENABLE', 'MODEL_SERVER_URL', 'MODEL_SERVER_PORT', 'MODEL_SERVER_ENDPOINT'],
  ...['MODEL_SERVER_MODEL_REQ_PATH', 'MODEL_SERVER_MODEL_LIST_PATH', 'MODEL_CONFIG', 'PROC_DIR', 'SYS_DIR'],
  ...['EXCLUDE_SWAPPER_PROCESS', 'EXPOSE_ESTIMATED_IDLE_POWER_METRICS', 'EXPOSE_VM_METRICS', 'MOCK_ACPI_POWER_PATH'],
]

describe('unusedSettings', () => {
  const folder = mkdtempSync(join(tmpdir(), 'unused-'))
  after(() => rmSync(folder, { recursive: true }))

  it('names files that are no setting, with the nearest one, and never their content', () => {
    mkdirSync(join(folder, '..data'), { recursive: true })
    for (const key of ['MODEL_SERVER_PORT', 'MODEL_SERVR_URL', 'COLOUR', 'ENABLE_GPU', 'EXPOSE_HW_COUNTER_METRICS']) {
      writeFileSync(join(folder, key), 'geheim')
    }
    const warnings = unusedSettings({ environment: { CONFIG_PATH: folder } })
    assert.equal(warnings.length, 2)
    assert.match(warnings.join('\n'), /"MODEL_SERVR_URL" in file .*: did you mean MODEL_SERVER_URL\?/)
    assert.match(warnings.join('\n'), /"COLOUR" in file .*: see kepler-model config/)
    assert.ok(!warnings.join('').includes('geheim'))
  })

  it('leaves out what Kepler reads from the same map', () => {
    assert.deepEqual(
      keysOfKepler.filter((key) => !isKnownSetting(key)),
      [],
    )
  })

  it('names lines of MODEL_CONFIG that are no setting, but not those of Kepler', () => {
    const lines = [
      'NODE_COMPONENTS_ESTIMATOR=true',
      'NODE_COMPONENTS_INT_URL=http://host/model.zip',
      'CONTAINER_COMPONENTS_INIT_URL=http://host/model.zip # ours',
      'OFFLINE',
    ]
    const environment = { CONFIG_PATH: join(folder, '..data'), MODEL_CONFIG: lines.join('\n') }
    assert.deepEqual(unusedSettings({ environment }), [
      'MODEL_CONFIG: "OFFLINE" is not KEY=value',
      'unknown setting "NODE_COMPONENTS_INT_URL" in MODEL_CONFIG: did you mean NODE_COMPONENTS_INIT_URL?',
    ])
  })

  it('takes comments and empty lines for nothing, and shows no values', () => {
    const lines = ['# all', '', '  ', 'PAGE=true # on', 'GEHEIM', 'NODE TOTAL=geheim # x', '=geheim', 'PAGES=geheim']
    const environment = { CONFIG_PATH: '/not/there', MODEL_CONFIG: lines.join('\r\n') }
    assert.deepEqual(unusedSettings({ environment }), [
      'MODEL_CONFIG: "GEHEIM" is not KEY=value',
      'MODEL_CONFIG: "NODE TOTAL" is not KEY=value',
      'MODEL_CONFIG: "" is not KEY=value',
      'unknown setting "PAGES" in MODEL_CONFIG: did you mean PAGE?',
    ])
    assert.deepEqual(unusedSettings({ environment: { CONFIG_PATH: '/not/there' } }), [])
  })

  it('says when the folder on the command line is not there, and nothing of others', () => {
    const [warning, ...more] = unusedSettings({ environment: {}, overrides: { CONFIG_PATH: '/not/there' } })
    assert.match(warning!, /--config-dir "\/not\/there" cannot be read/)
    assert.deepEqual(more, [])
    assert.deepEqual(unusedSettings({ environment: { CONFIG_PATH: '/not/there' } }), [])
  })
})

describe('settings of Kepler', () => {
  it('are those that it reads, whole', () => {
    for (const key of [
      ...['NODE_TOTAL_ESTIMATOR', 'POD_COMPONENTS_TRAINER', 'VM_TOTAL_FILTERS', 'PROCESS_COMPONENTS_MODEL'],
      ...['DISABLE_POWER_METER', 'CRI_SOCKET', 'LIBBPF_LOG', 'EXPERIMENTAL_X', 'SAMPLE_PERIOD_SEC', 'KUBE_CONFIG'],
      ...['ESTIMATOR_MODEL', 'CGROUP_METRICS', 'MACHINE_SPEC_FILE_PATH', 'NVIDIA_HOSTENGINE_ENDPOINT'],
      ...['LIBVIRT_METADATA_TOKEN', 'LIBVIRT_METADATA_URI', 'CORE_USAGE_METRIC', 'GPU_USAGE_METRIC', 'PAGE'],
    ]) {
      assert.equal(isKnownSetting(key), true, key)
    }
    for (const key of [
      ...[
        'NODE_TOTAL',
        'X_NODE_TOTAL_MODEL',
        'NODE_TOTAL_MODEL_X',
        'ENABLE_',
        'XENABLE_GPU',
        'enable_gpu',
        'ENABLE_gpu',
      ],
      ...[
        'METRIC_PATHS',
        'X_METRIC_PATH',
        'PROC_DIRS',
        'MY_SYS_DIR',
        'MODEL_SERVER_X',
        'CORE_USAGE_METRICS',
        'page',
        '',
      ],
      ...['XCORE_USAGE_METRIC', 'MOCK_ACPI_POWER_PATH_', 'XMOCK_ACPI_POWER_PATH', 'LIBVIRT_METADATA_X'],
    ]) {
      assert.equal(isKnownSetting(key), false, key)
    }
  })
})
