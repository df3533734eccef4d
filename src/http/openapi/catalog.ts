import * as z from 'zod'
import { modelQuerySchema, modelsQuerySchema, nodeTypesQuerySchema } from '../../catalog/list-query.js'
import { rollbackSchema } from '../online-routes.js'
import { errorResponse, json, ok, type Paths, tokenSecurity } from './document.js'

/** Which of the optional routes are answered. */
export interface CatalogPathsOptions {
  readonly modelRequest: object
  readonly online: boolean
  readonly live: boolean
  /** Whether versions may be changed by who has a token. */
  readonly token: boolean
}

/** The paths that the page asks: what is served and chosen, estimates, the online trainer, live watts. */
export function catalogPaths({ modelRequest, online, live, token }: CatalogPathsOptions): Paths {
  return {
    '/api/v1/overview': {
      get: operation('getOverview', 'Pipelines, the machine of the server, and what it can answer', overviewFields),
    },
    '/api/v1/models': {
      get: {
        ...operation(
          'listModels',
          'Models, filtered and sorted',
          { ...listFields, values: 'Of the columns.' },
          refused,
        ),
        parameters: parameters(modelsQuerySchema),
      },
    },
    '/api/v1/node-types': {
      get: {
        ...operation('listNodeTypes', 'Node types, filtered and sorted', listFields, refused),
        parameters: parameters(nodeTypesQuerySchema),
      },
    },
    '/api/v1/model': {
      get: {
        ...operation('getModel', 'One model: metadata, weights, ranges of training, competitors', {}, refused),
        parameters: parameters(modelQuerySchema, { pipeline: 'Name of its pipeline.' }).map((parameter) => ({
          ...parameter,
          required: true,
        })),
      },
    },
    '/api/v1/choice': {
      post: {
        ...operation('explainModel', 'Which model `POST /model` would answer, and why', choiceFields, refused),
        requestBody: body(modelRequest),
      },
    },
    '/api/v1/estimate': {
      post: {
        ...operation('estimate', 'Watts, by a model that is chosen or named', estimateFields, {
          ...refused,
          413: errorResponse('More than 1000 rows, or the body is larger than the server takes.'),
        }),
        description:
          'The request of the estimator, `{metrics, values, output_type, …}`, with the fields of `POST /model`; or with `pipeline_name` and `model`, the path of a model.',
        requestBody: body({ type: 'object', required: ['metrics', 'values', 'output_type'] }),
      },
    },
    ...(live && { '/api/v1/live': { get: operation('getLive', 'Watts of this machine now', liveFields) } }),
    ...(online && onlinePaths(token)),
    '/page/{name}': {
      get: {
        operationId: 'getPageFile',
        tags: ['page'],
        summary: 'A file of the page',
        parameters: [{ name: 'name', in: 'path', required: true, schema: { type: 'string' } }],
        responses: {
          200: { description: 'It never changes: its name holds a hash.' },
          404: errorResponse('There is none.'),
        },
      },
    },
  }
}

function onlinePaths(token: boolean): Paths {
  const secured = token ? tokenSecurity : {}
  const closed = {
    401: errorResponse('The token is missing or wrong.'),
    403: errorResponse('The server has no token.'),
  }
  return {
    '/api/v1/online': {
      get: operation('getOnline', 'What the online trainer did and why, drift, and the versions', {}),
    },
    '/api/v1/online/rollback': {
      post: {
        ...operation('rollBack', 'Serve an earlier version again, and pin it', {}, { ...refused, ...closed }),
        ...secured,
        requestBody: body(z.toJSONSchema(rollbackSchema, { io: 'input' })),
      },
    },
    '/api/v1/online/unpin': {
      post: { ...operation('unpin', 'Let the online trainer publish again', {}, closed), ...secured },
    },
  }
}

function operation(
  operationId: string,
  summary: string,
  fields: Readonly<Record<string, string | object>>,
  more: object = {},
): object {
  return { operationId, tags: ['page'], summary, responses: { ...ok('The answer.', json(fields)), ...more } }
}

const refused = {
  400: errorResponse('It cannot be understood, or there is no such model; `field` names what is wrong.'),
}

const overviewFields = {
  version: { type: 'string' },
  pipelines: { type: 'array', items: { type: 'object' } },
  errors: 'What could not be read or downloaded.',
  downloads: 'Those that run.',
  machine: 'The machine that the server runs on.',
  feature_groups: 'Metrics by feature group.',
  error_key: { type: 'string' },
  has_curve: { type: 'boolean' },
  has_online: { type: 'boolean' },
  has_live: { type: 'boolean' },
}

const listFields = {
  total: { type: 'integer', description: 'Rows that pass the filter.' },
  offset: { type: 'integer' },
  rows: { type: 'array', items: { type: 'object' } },
}

const choiceFields = {
  model: 'The chosen one, with the models of the same kind in the order of choice.',
  match: 'How the machine was matched to its node type.',
  corrected: 'What was corrected in its weights.',
  passed_over: 'Better models whose weights Kepler could not use.',
  nearest: 'Node types that are most similar to the machine.',
}

const estimateFields = {
  model: 'The one that estimated.',
  powers: 'Watts by component, one value a row.',
  interval: 'In which most measurements lie.',
  outside: 'Inputs beyond what the model was trained on.',
}

const liveFields = { reading: '`null` where no power meter answers.', reason: 'Why there is none.' }

function body(schema: object): object {
  return { required: true, content: { 'application/json': { schema } } }
}

const descriptions: Readonly<Record<string, string>> = {
  pipeline: 'Name of a pipeline; absent means all.',
  path: '`<source>/<output type>/<feature group>/<model name>`.',
  source: 'Energy source, e.g. `rapl-sysfs`.',
  'output-type': '`AbsPower` or `DynPower`.',
  'feature-group': 'Feature group, e.g. `BPFOnly`.',
  trainer: 'Name of a trainer, e.g. `SGDRegressorTrainer`.',
  'node-type': 'Number of a node type.',
  weights: '`true`: only models that Kepler evaluates itself.',
  search: 'Part of a name, in any case.',
  sort: 'A key of the rows, e.g. `mae`; rows without a value come last.',
  order: '`ascending`, which is the default, or `descending`.',
  offset: 'Rows to leave out.',
  limit: 'Rows to answer, at most 1000; 100 when absent.',
}

/** @param own descriptions of this route's alone */
function parameters(schema: z.ZodObject, own: Readonly<Record<string, string>> = {}): readonly object[] {
  return Object.keys(schema.shape).map((name) => ({
    name,
    in: 'query',
    description: own[name] ?? descriptions[name] ?? '',
    schema: { type: 'string' },
  }))
}
