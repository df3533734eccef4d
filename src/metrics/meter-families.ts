import type { Family } from './exposition-text.js'

function family(name: string, type: Family['type'], help: string, labels: readonly string[] = []): Family {
  return Object.freeze({ name, type, help, labels: Object.freeze(['node_name', ...labels]) })
}

const zonePath = ['zone', 'path']
const process = ['pid', 'comm', 'exe', 'type']
const container = ['container_id', 'container_name', 'runtime', 'state']
const pod = ['pod_id', 'pod_name', 'pod_namespace', 'state', 'zone']
const virtualMachine = ['vm_id', 'vm_name', 'hypervisor', 'state', 'zone']

/** Names and labels of today's Kepler (0.10 and later), so that its dashboards and alerts work. */
export const keplerFamilies = Object.freeze({
  nodeJoules: family('kepler_node_cpu_joules_total', 'counter', 'Energy of a zone in joules, estimated.', zonePath),
  nodeWatts: family('kepler_node_cpu_watts', 'gauge', 'Power of a zone in watts, estimated.', zonePath),
  nodeActiveJoules: family('kepler_node_cpu_active_joules_total', 'counter', 'Energy of work in joules.', zonePath),
  nodeActiveWatts: family('kepler_node_cpu_active_watts', 'gauge', 'Power of work in watts.', zonePath),
  nodeIdleJoules: family('kepler_node_cpu_idle_joules_total', 'counter', 'Energy of being on in joules.', zonePath),
  nodeIdleWatts: family('kepler_node_cpu_idle_watts', 'gauge', 'Power of being on in watts.', zonePath),
  usageRatio: family(
    'kepler_node_cpu_usage_ratio',
    'gauge',
    'Part of processor time worked, stolen time apart, 0 to 1.',
  ),
  cpuInfo: family('kepler_node_cpu_info', 'gauge', 'Processors as the kernel describes them.', [
    'processor',
    'vendor_id',
    'model_name',
    'physical_id',
    'core_id',
  ]),
  processJoules: family('kepler_process_cpu_joules_total', 'counter', 'Active energy of a process in joules.', [
    ...process,
    'state',
    'container_id',
    'vm_id',
    'zone',
  ]),
  processWatts: family('kepler_process_cpu_watts', 'gauge', 'Active power of a process in watts.', [
    ...process,
    'state',
    'container_id',
    'vm_id',
    'zone',
  ]),
  processSeconds: family('kepler_process_cpu_seconds_total', 'counter', 'User and system time of a process.', [
    ...process,
    'container_id',
    'vm_id',
  ]),
  containerJoules: family('kepler_container_cpu_joules_total', 'counter', 'Active energy of a container in joules.', [
    ...container,
    'zone',
    'pod_id',
  ]),
  containerWatts: family('kepler_container_cpu_watts', 'gauge', 'Active power of a container in watts.', [
    ...container,
    'zone',
    'pod_id',
  ]),
  containerSeconds: family('kepler_container_cpu_seconds_total', 'counter', 'User and system time of a container.', [
    ...container,
    'pod_id',
  ]),
  podJoules: family('kepler_pod_cpu_joules_total', 'counter', 'Active energy of a pod in joules.', pod),
  podWatts: family('kepler_pod_cpu_watts', 'gauge', 'Active power of a pod in watts.', pod),
  vmJoules: family('kepler_vm_cpu_joules_total', 'counter', 'Active energy of a VM in joules.', virtualMachine),
  vmWatts: family('kepler_vm_cpu_watts', 'gauge', 'Active power of a VM in watts.', virtualMachine),
})

const zone = ['zone']

/** What an estimate must say beside its watts, and how the meter itself is doing. */
export const meterFamilies = Object.freeze({
  lower: family('kepler_meter_watts_lower', 'gauge', 'Lower end of the 90 % interval of a zone.', zone),
  upper: family('kepler_meter_watts_upper', 'gauge', 'Upper end of the 90 % interval of a zone.', zone),
  outOfRange: family('kepler_meter_out_of_range', 'gauge', '1 while the model is asked beyond what it learnt.', zone),
  model: family('kepler_meter_model_info', 'gauge', 'The model in use: trained, calibrated or universal.', [
    'model',
    'kind',
    'share_origin',
    'split',
  ]),
  modelError: family('kepler_meter_model_error', 'gauge', 'Error of the model where it was tested.', ['metric']),
  calibrationPoints: family('kepler_meter_calibration_points', 'gauge', 'Calibration points of the user in use.'),
  hostShare: family(
    'kepler_meter_host_share_ratio',
    'gauge',
    'Part of its host that this machine has, 1 for all of it.',
  ),
  steal: family(
    'kepler_meter_steal_ratio',
    'gauge',
    'Part of processor time that the hypervisor gave to others, 0 to 1.',
  ),
  up: family('kepler_meter_up', 'gauge', '1 while watts are current, 0 in a gap or beside a real meter.'),
  age: family('kepler_meter_reading_age_seconds', 'gauge', 'Seconds since the last estimate.'),
  readings: family('kepler_meter_readings_total', 'counter', 'Estimates since the start.'),
  realMeter: family('kepler_meter_real_meter', 'gauge', '1 where the hardware has a meter of its own.'),
  treeUp: family('kepler_meter_powercap_up', 'gauge', '1 while the powercap tree can be written.'),
  treeFailures: family('kepler_meter_powercap_failures_total', 'counter', 'Times that it could not.'),
  unreadable: family('kepler_meter_unreadable_processes', 'gauge', 'Processes that are listed but cannot be read.'),
  unattributed: family(
    'kepler_meter_unattributed_joules_total',
    'counter',
    'Active energy of times when no process was seen to run.',
    zone,
  ),
  measured: family('kepler_meter_measured_watts', 'gauge', 'What the real meter says, with --compare.', zone),
  mae: family('kepler_meter_mae_watts', 'gauge', 'Mean absolute error against the real meter.', zone),
  mape: family('kepler_meter_mape_ratio', 'gauge', 'Mean absolute error in parts of what was measured.', zone),
  bias: family('kepler_meter_bias_watts', 'gauge', 'Mean of estimate minus measurement.', zone),
  coverage: family('kepler_meter_coverage_ratio', 'gauge', 'Part of measurements within the 90 % interval.', zone),
  cpuSeconds: family('kepler_meter_cpu_seconds_total', 'counter', 'Processor time by mode, steal apart.', ['mode']),
  contextSwitches: family('kepler_meter_context_switches_total', 'counter', 'Context switches.'),
  pageFaults: family('kepler_meter_page_faults_total', 'counter', 'Page faults.', ['kind']),
  load: family('kepler_meter_load1', 'gauge', 'Load average of a minute.'),
  memory: family('kepler_meter_memory_bytes', 'gauge', 'Memory of the machine.', ['state']),
  frequency: family('kepler_meter_frequency_megahertz', 'gauge', 'Mean frequency of the processors, where it is told.'),
})
