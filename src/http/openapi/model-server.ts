import * as z from 'zod'
import { catalogPaths } from './catalog.js'
import { errorResponse, json, ok, openApi, operatingPaths, plainText, reasons } from './document.js'
import { statusOperation } from './online-trainer.js'

export interface ModelServerDocumentOptions {
  readonly version: string
  /** JSON Schema of a model request, from the schema that parses it. */
  readonly modelRequest: z.ZodType
  /** Likewise of the query of `/best-models`. */
  readonly bestModels: z.ZodObject
  /** And of `/curve`, where it is answered. */
  readonly curve?: z.ZodObject
  /** Whether an online trainer answers `/status`. */
  readonly online?: boolean
  /** Whether the power meter of this machine is asked. */
  readonly live?: boolean
  /** Whether versions may be changed by who has a token. */
  readonly token?: boolean
}

/** The contract of the model server as OpenAPI 3.1. A test holds it against the routes. */
export function modelServerDocument(options: ModelServerDocumentOptions): object {
  const { version, modelRequest, bestModels, curve, online = false, live = false, token = false } = options
  const requestSchema = z.toJSONSchema(modelRequest, { io: 'input', unrepresentable: 'any' })
  return openApi({
    title: 'Kepler power model server',
    version,
    description: 'Chooses the best power model for a machine and serves it, as an archive or as weights.',
    tags: {
      models: 'The best models for a machine.',
      ...(curve && { curves: 'Power curves of any machine.' }),
      ...(online && { trainer: 'The online trainer of the same process.' }),
      page: 'What the page shows.',
    },
    token: online && token,
    paths: {
      '/model': { post: modelOperation(requestSchema) },
      '/best-models': { get: bestModelsOperation(bestModels) },
      ...(curve && { '/curve': { get: curveOperation(curve) } }),
      ...(online && { '/status': { get: statusOperation('trainer') } }),
      ...catalogPaths({ modelRequest: requestSchema, online, live, token }),
      ...operatingPaths({
        index: {
          summary: 'What is served, for people',
          content: { ...plainText, 'text/html': { schema: { type: 'string' } } },
        },
        metrics: 'Weights, scales and errors of the best weight models, and the figures of the server itself.',
        ready: {
          question: 'Can it serve models?',
          yes: json({ ready: { const: true }, pipelines: names, reasons, downloads: 'Those that run.' }),
          no: 'No pipeline is loaded yet, or those that were cannot be read; `reasons` says why.',
        },
      }),
    },
  })
}

function modelOperation(requestSchema: object): object {
  return {
    operationId: 'findModel',
    tags: ['models'],
    summary: 'The best model for a machine',
    description:
      'An archive, or with `weight: true` weights that Kepler evaluates itself. Unknown keys are ignored; zero values mean "not known".',
    requestBody: {
      required: true,
      content: { 'application/json': { schema: requestSchema, examples: requestExamples } },
    },
    responses: {
      200: {
        description: 'The model.',
        headers: { ...selectionHeaders, ...weightHeaders },
        content: {
          'application/zip': { schema: { type: 'string', format: 'binary' } },
          'application/json': { schema: { type: 'object' }, examples: weightExamples },
        },
      },
      400: errorResponse('No model fits, or the request cannot be understood; `field` names what is wrong.'),
      413: errorResponse('The body is larger than the server takes.'),
      415: errorResponse('The Content-Type header cannot be read.'),
    },
  }
}

function bestModelsOperation(bestModels: z.ZodObject): object {
  const names = { type: 'object', additionalProperties: { type: 'string' } }
  return {
    operationId: 'getBestModels',
    tags: ['models'],
    summary: 'The best model of each feature group',
    parameters: Object.keys(bestModels.shape).map(queryParameter),
    responses: {
      ...ok('Model names by output type and feature group.', {
        'application/json': { schema: { type: 'object', additionalProperties: names } },
      }),
      400: errorResponse('A parameter cannot be understood, or there is no pipeline for the source.'),
    },
  }
}

const names = { type: 'array', items: { type: 'string' } }

function curveOperation(curve: z.ZodObject): object {
  return {
    operationId: 'getCurve',
    tags: ['curves'],
    summary: 'The power curve of a machine',
    description:
      'Watts from idle to full load at the wall, of the packages and the memory, each with its 90 % interval, what was assumed, and the measured machines it rests on. Without parameters: of the machine that the server runs on.',
    parameters: Object.keys(curve.shape).map(queryParameter),
    responses: {
      ...ok('The curve.', json({})),
      400: errorResponse('A parameter cannot be understood, or no machine has such numbers; `field` names it.'),
    },
  }
}

const selectionHeaders = {
  'x-kepler-model': {
    description: 'What was chosen: `<pipeline>/<source>/<output type>/<feature group>/<model>`.',
    schema: { type: 'string' },
  },
  'x-kepler-match': {
    description:
      'How the machine was matched to a node type, where one was wanted: `<how>;node-type=<n>;uncertainty=<0..1>;looseness=<0..1>`, or `fallback;node-type=<n>;wanted=<n>` when the wanted one has no model and another answers.',
    schema: { type: 'string' },
  },
}

const weightHeaders = {
  'x-kepler-passed-over': {
    description:
      'Better weight models that Kepler could not use, each with the reason: their watts fall below 0, which Kepler turns into 1.8e19 mW, or depend on a feature that was never seen in training.',
    schema: { type: 'string' },
  },
  'x-kepler-corrected': {
    description:
      'What was corrected, where no other weights fit: biases are raised until the least watts over the range of training are 0, and unseen features have no effect.',
    schema: { type: 'string' },
  },
}

const requestExamples = {
  weights: {
    summary: 'As Kepler asks for weights',
    value: {
      metrics: ['bpf_cpu_time_ms', 'bpf_page_cache_hit'],
      output_type: 'AbsPower',
      source: 'rapl-sysfs',
      weight: true,
    },
  },
  archive: {
    summary: 'An archive for a machine',
    value: {
      metrics: ['bpf_cpu_time_ms', 'bpf_page_cache_hit'],
      output_type: 'AbsPower',
      source: 'acpi',
      machine_spec: { processor: 'intel_xeon_e5_2686v4', cores: 32, chips: 2, memory: 128, frequency: 2300 },
    },
  },
}

const weightExamples = {
  linear: {
    summary: 'power = Bias_Weight + sum of weight * value / scale',
    value: {
      package: {
        All_Weights: {
          Bias_Weight: 40.5,
          Categorical_Variables: {},
          Numerical_Variables: { bpf_cpu_time_ms: { scale: 5000, weight: 60.25 } },
        },
      },
      model_name: 'SGDRegressorTrainer_1',
    },
  },
}

const queryDescriptions: Readonly<Record<string, string>> = {
  'energy-source': 'Energy source, e.g. `acpi`; absent means `rapl-sysfs`.',
  'output-type': '`AbsPower` or `DynPower`; absent means both.',
  'feature-group': 'One feature group, e.g. `BPFOnly`; absent means all.',
  'node-type': 'Only models of this node type.',
  processor: 'Processor, as its maker or the system writes it.',
  chips: 'Processors in the machine.',
  cores: 'Cores of all processors.',
  threads: 'Hardware threads of all processors.',
  frequency: 'Nominal frequency in MHz.',
  memory: 'Memory in GB.',
  tdp: 'Thermal design power of one processor in W.',
  vendor: 'Who built the machine.',
  year: 'When the machine came to market.',
  psu: 'Rated power of the power supplies that carry the load, in W.',
  form: '`1U`, `2U` ... or `Tower`.',
  nodes: 'Machines in one enclosure that share fans and power supplies.',
  instance: 'Cloud instance, e.g. `m5.4xlarge`.',
  point: 'What was measured: `50%=212W` at the wall, `idle=60W:package`; repeatable.',
  filter: 'Limits on metadata, e.g. `mae:10; features:bpf_cpu_time_ms`.',
}

function queryParameter(name: string): object {
  return { name, in: 'query', description: queryDescriptions[name] ?? '', schema: { type: 'string' } }
}
