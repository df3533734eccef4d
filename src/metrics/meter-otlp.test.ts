import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { localServers } from '../../test/support/local-servers.js'
import { meterScene } from '../../test/support/meter-exposed.js'
import { messages, protobufFields } from '../../test/support/protobuf.js'
import { metricsLevels } from './meter-exposition.js'
import { type OtlpOptions, startOtlp } from './meter-otlp.js'

const { serve } = localServers()

type Attributes = Readonly<Record<string, string | number>>
interface Point {
  readonly metric: string
  readonly value: number
  readonly attributes: Attributes
}

/** `KeyValue`s of common.proto, in the given field of a message. */
function attributesOf(message: Buffer, field: number): Attributes {
  const pairs = messages(message, field).map((pair) => {
    const [key, value] = protobufFields(pair)
    const { field: kind, value: held } = protobufFields(value!.value as Buffer)[0]!
    return [String(key!.value), kind === 1 ? String(held) : (held as number)] as const
  })
  return Object.fromEntries(pairs)
}

/** What an `ExportMetricsServiceRequest` says: gauges are field 5 of a metric, sums field 7. */
function opened(bytes: Buffer) {
  const points = messages(bytes, 1, 2, 2).flatMap((metric): Point[] => {
    const name = String(protobufFields(metric).find(({ field }) => field === 1)!.value)
    return [...messages(metric, 5, 1), ...messages(metric, 7, 1)].map((point) => ({
      metric: name,
      value: protobufFields(point).find(({ field }) => field === 4)!.value as number,
      attributes: attributesOf(point, 7),
    }))
  })
  const sums = messages(bytes, 1, 2, 2, 7).map((sum) => {
    const held = (wanted: number) => protobufFields(sum).find(({ field }) => field === wanted)?.value
    return { temporality: held(2), monotonic: held(3) }
  })
  const [resource = Buffer.of()] = messages(bytes, 1, 1)
  return { points, sums, resource: attributesOf(resource, 1) }
}

/** What a collector gets that answers so. */
async function sent(options: Partial<OtlpOptions> = {}, status: number | 'never' = 200) {
  const bodies: Buffer[] = []
  const url = await serve((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      bodies.push(Buffer.concat(chunks))
      if (status === 'never') return
      response.writeHead(status, { 'content-type': 'application/x-protobuf' }).end()
    })
  })
  const failures: (string | undefined)[] = []
  const { exposed } = meterScene()
  const sender = startOtlp({
    url: `${url}v1/metrics`,
    interval: 3600,
    stopTimeout: 60,
    version: '1.2.3',
    nodeName: 'worker-1',
    levels: metricsLevels,
    reading: () => exposed.reading,
    workloads: () => exposed.workloads,
    provenance: exposed.provenance,
    onSent: (failure) => failures.push(failure),
    ...options,
  })
  await sender.stop()
  return { ...opened(bodies[0] ?? Buffer.of()), failures }
}

const ofZone = { 'hw.id': 'package', 'hw.name': 'package', 'hw.type': 'cpu' }

describe('what a collector is sent', () => {
  it('is of this node, and says which program measured', async () => {
    const { resource } = await sent()
    assert.deepEqual(resource, {
      'service.name': 'power-meter',
      'service.version': '1.2.3',
      'host.name': 'worker-1',
      'k8s.node.name': 'worker-1',
    })
  })

  it('has energy, power and its interval by zone, marked as an estimate', async () => {
    const { points, failures } = await sent({ levels: [] })
    const attributes = { 'power.estimate': 1, 'power.model': 'straight line', ...ofZone }
    const memory = { ...attributes, 'hw.id': 'dram', 'hw.name': 'dram', 'hw.type': 'memory' }
    assert.deepEqual(points, [
      { metric: 'hw.energy', value: 1000, attributes },
      { metric: 'hw.energy', value: 100, attributes: memory },
      { metric: 'hw.power', value: 60, attributes },
      { metric: 'hw.power', value: 8, attributes: memory },
      { metric: 'hw.power.lower', value: 50, attributes },
      { metric: 'hw.power.lower', value: 7, attributes: memory },
      { metric: 'hw.power.upper', value: 70, attributes },
      { metric: 'hw.power.upper', value: 9, attributes: memory },
    ])
    assert.deepEqual(failures, [undefined])
  })

  const levels = {
    process: [
      {
        'process.pid': 7,
        'process.executable.name': 'java',
        'process.executable.path': '/usr/bin/java',
        'container.id': 'c1',
      },
      { 'process.pid': 8, 'process.executable.name': 'kworker' },
    ],
    container: [
      {
        'container.id': 'c1',
        'container.runtime.name': 'containerd',
        'container.name': 'web',
        'k8s.pod.uid': 'u1',
      },
      { 'container.id': 'c2', 'container.runtime.name': 'docker' },
    ],
    pod: [{ 'k8s.pod.uid': 'u1', 'k8s.pod.name': 'shop-1', 'k8s.namespace.name': 'shop' }, { 'k8s.pod.uid': 'u2' }],
    vm: [{ 'vm.id': 'v1', 'vm.name': 'guest', 'vm.hypervisor': 'kvm' }],
    node: [],
  } as const
  for (const level of metricsLevels) {
    it(`has of the level ${level} those that run, with the attributes of each`, async () => {
      const { points } = await sent({ levels: [level] })
      const own = points.filter(({ attributes }) => !('power.estimate' in attributes))
      const packages = own.filter(({ attributes }) => attributes['hw.id'] === 'package')
      assert.equal(own.length, 2 * packages.length, 'as many of each zone')
      const expected = levels[level].map((attributes, i) => ({ attributes: { ...attributes, ...ofZone }, i }))
      // The first of each kind has a quarter of the 40 W, the second a half.
      assert.deepEqual(packages, [
        ...expected.map(({ attributes, i }) => ({ metric: 'hw.energy', value: 100 * (i + 1), attributes })),
        ...expected.map(({ attributes, i }) => ({ metric: 'hw.power', value: 10 * (i + 1), attributes })),
      ])
    })
  }

  it('has zones alone while no workloads are looked at', async () => {
    const { points } = await sent({ workloads: () => undefined })
    assert.equal(points.length, 8)
  })

  it('says why it could not be sent', async () => {
    const { failures } = await sent({}, 400)
    assert.equal(failures.length, 1)
    assert.match(failures[0] ?? '', /400|Bad Request/)
  })

  it('is sent in even intervals, and given no longer than one, or ten seconds', async (t) => {
    for (const [interval, most] of [
      [5, 5000],
      [10, 10_000],
      [3600, 10_000],
    ] as const) {
      const repeated = t.mock.method(globalThis, 'setInterval').mock
      const pauses = t.mock.method(globalThis, 'setTimeout').mock
      await sent({ interval })
      const of = (calls: readonly { readonly arguments: readonly unknown[] }[]) =>
        calls.map(({ arguments: [, milliseconds] }) => milliseconds)
      assert.ok(of(repeated.calls).includes(interval * 1000), of(repeated.calls).join())
      assert.ok(of(pauses.calls).includes(most), of(pauses.calls).join())
      for (const mocked of [repeated, pauses]) mocked.restore()
    }
  })

  it('has each of thousands of workloads', async () => {
    const { exposed } = meterScene()
    const [guest] = exposed.workloads!.virtualMachines.running
    const running = Array.from({ length: 2500 }, (_, id) => ({
      ...guest!,
      identity: { ...guest!.identity, id: `v${id}` },
    }))
    const workloads = { ...exposed.workloads!, virtualMachines: { running, terminated: [] } }
    const { points } = await sent({ levels: ['vm'], workloads: () => workloads })
    const energy = points.filter(({ metric, attributes }) => metric === 'hw.energy' && 'vm.id' in attributes)
    assert.equal(energy.length, 5000)
  })

  it('is energy since the start, which only grows', async () => {
    const { sums } = await sent()
    // Cumulative is 2 in metrics.proto.
    assert.deepEqual(sums, [{ temporality: 2, monotonic: 1 }])
  })

  it('stops when a collector does not answer any more, and says so', async () => {
    const { failures } = await sent({ stopTimeout: 0.2 }, 'never')
    assert.deepEqual(failures, ['the last one: Operation timed out.'])
  })
})
