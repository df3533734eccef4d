/** The Grafana dashboard of deploy/grafana: what is worth a look every day on top, the programs one by one below. */

interface Target {
  readonly expr: string
  readonly legendFormat: string
}

interface Panel {
  readonly title: string
  readonly description: string
  readonly type: 'timeseries' | 'stat' | 'table' | 'state-timeline'
  readonly unit: string
  readonly width: number
  readonly targets: readonly Target[]
  /** Values from which on a line is orange and red. */
  readonly thresholds?: readonly [number, number]
  readonly stack?: boolean
}

interface Row {
  readonly title: string
  readonly panels: readonly Panel[]
}

const slot = '{{source}}/{{output_type}}/{{feature_group}}'
const here = 'instance=~"$instance"'

const inZone = ',zone="$zone"'

/**
 * Of the power meter alone: a Kepler that reads its powercap tree shows the same watts again, and one with a meter of its own
 * measures.
 */
function ofMeters(metric: string, more = ''): string {
  return `${metric}{${here}${more}} and on (instance) kepler_meter_up`
}

function target(expr: string, legendFormat = ''): Target {
  return { expr, legendFormat }
}

function series(title: string, description: string, unit: string, targets: readonly Target[], width = 8): Panel {
  return { title, description, type: 'timeseries', unit, width, targets }
}

function stat(title: string, description: string, unit: string, expr: string, legendFormat = ''): Panel {
  return { title, description, type: 'stat', unit, width: 4, targets: [target(expr, legendFormat)] }
}

/** How long requests take: half of them less than the one line, all but one of a hundred less than the other. */
function latency(prefix: string): Panel {
  const quantile = (q: number) =>
    `histogram_quantile(${q}, sum by (le) (rate(${prefix}http_request_duration_seconds_bucket{${here}}[$__rate_interval])))`
  return series('Time to answer', 'Median and 99th percentile over all HTTP routes.', 's', [
    target(quantile(0.5), 'median'),
    target(quantile(0.99), '99th percentile'),
  ])
}

function requests(prefix: string): Panel {
  return series('Requests', 'By route and status.', 'reqps', [
    target(
      `sum by (route, status) (rate(${prefix}http_requests_total{${here}}[$__rate_interval]))`,
      '{{route}} {{status}}',
    ),
  ])
}

const rows: readonly Row[] = [
  {
    title: 'Are the models right?',
    panels: [
      stat(
        'Programs up',
        'Scraped successfully, of each program.',
        'none',
        'sum by (job) (up{job=~"kepler-(model-server|estimator|offline-trainer|online-trainer|power-meter)"})',
        '{{job}}',
      ),
      {
        ...stat(
          'Worst error',
          'Of a served model on fresh measurements, as a share of the mean power.',
          'percent',
          `max(kepler_online_trainer_served_model_error_percent{${here}})`,
        ),
        thresholds: [10, 30],
      },
      {
        ...stat(
          'Worst drift',
          'Error now over the error when the model was published; an alert fires above 3.',
          'none',
          `max(kepler_online_trainer_served_model_drift_ratio{${here}})`,
        ),
        thresholds: [2, 3],
      },
      stat(
        'Served version',
        'Of the pipeline that the online trainer publishes; 0 is none of its own.',
        'none',
        `max by (instance) (kepler_online_trainer_served_version{${here}})`,
      ),
      stat(
        'Since the last version',
        'Time since the online trainer published last.',
        's',
        `time() - max(kepler_online_trainer_last_publish_timestamp_seconds{${here}})`,
      ),
      stat(
        'Machines',
        'With a power meter, and without one (never learnt from).',
        'none',
        `sum by (state) (kepler_online_trainer_machines{${here}})`,
        '{{state}}',
      ),
      {
        ...series(
          'Error of the served models',
          'Mean absolute error on measurements that the model has not learnt from, as a share of the mean power.',
          'percent',
          [target(`kepler_online_trainer_served_model_error_percent{${here}}`, slot)],
          12,
        ),
        thresholds: [10, 30],
      },
      {
        ...series(
          'Drift',
          'Error now over the error when the model was published.',
          'none',
          [target(`kepler_online_trainer_served_model_drift_ratio{${here}}`, slot)],
          12,
        ),
        thresholds: [2, 3],
      },
    ],
  },
  {
    title: 'Power meter',
    panels: [
      series(
        'Power by zone',
        'Estimated watts; a thin line is an end of the 90 % interval.',
        'watt',
        [
          target(`sum by (node_name, zone) (${ofMeters('kepler_node_cpu_watts')})`, '{{node_name}} {{zone}}'),
          target(`kepler_meter_watts_lower{${here}}`, '{{node_name}} {{zone}} low'),
          target(`kepler_meter_watts_upper{${here}}`, '{{node_name}} {{zone}} high'),
        ],
        12,
      ),
      {
        ...series(
          'Pods with most power',
          'Active power of ten pods, and of all processes that are in none.',
          'watt',
          [
            target(
              `topk(10, sum by (pod_namespace, pod_name, pod_id) (${ofMeters('kepler_pod_cpu_watts', inZone)}))`,
              '{{pod_namespace}}/{{pod_name}} {{pod_id}}',
            ),
          ],
          12,
        ),
        stack: true,
      },
      series('Containers with most power', 'Active power of ten containers.', 'watt', [
        target(
          `label_replace(topk(10, sum by (container_name, container_id) (${ofMeters('kepler_container_cpu_watts', inZone)})), "id", "$1", "container_id", "(.{12}).*")`,
          '{{container_name}} {{id}}',
        ),
      ]),
      series('Processes with most power', 'Active power of ten programs.', 'watt', [
        target(`topk(10, sum by (comm) (${ofMeters('kepler_process_cpu_watts', inZone)}))`, '{{comm}}'),
      ]),
      {
        title: 'Model in use',
        description: 'Where the watts come from, and the part of its host that a virtual machine has.',
        type: 'table',
        unit: 'none',
        width: 8,
        targets: [
          target(
            `kepler_meter_model_info{${here}} * on (instance) group_left () kepler_meter_host_share_ratio`,
            '{{node_name}}: {{kind}} {{model}}',
          ),
        ],
      },
      series('Utilisation', 'Own work and stolen time, as parts of processor time.', 'percentunit', [
        target(`kepler_node_cpu_usage_ratio{${here}}`, '{{node_name}} busy'),
        target(`kepler_meter_steal_ratio{${here}}`, '{{node_name}} stolen'),
      ]),
      series('Error beside a real meter', 'With --compare: mean absolute error.', 'percentunit', [
        target(`kepler_meter_mape_ratio{${here}}`, '{{node_name}} {{zone}}'),
      ]),
      series('Current', '1 while watts are current and the tree can be written.', 'none', [
        target(`kepler_meter_up{${here}}`, '{{node_name}} watts'),
        target(`kepler_meter_powercap_up{${here}}`, '{{node_name}} tree'),
      ]),
    ],
  },
  {
    title: 'Online trainer',
    panels: [
      {
        ...series('Rounds', 'By how they ended.', 'none', [
          target(
            `sum by (outcome) (increase(kepler_online_trainer_rounds_total{${here}}[$__rate_interval]))`,
            '{{outcome}}',
          ),
        ]),
        stack: true,
      },
      {
        ...series('Verdicts', 'What became of new models. `better` and `first` are published.', 'none', [
          target(
            `sum by (verdict) (increase(kepler_online_trainer_candidates_total{${here}}[$__rate_interval]))`,
            '{{verdict}}',
          ),
        ]),
        stack: true,
      },
      series('Failures', 'Failed rounds by reason, and how many there were in a row.', 'none', [
        target(
          `sum by (reason) (increase(kepler_online_trainer_failures_total{${here}}[$__rate_interval]))`,
          '{{reason}}',
        ),
        target(`max(kepler_online_trainer_consecutive_failures{${here}})`, 'in a row'),
      ]),
      {
        ...series(
          'Guests',
          'With ONLINE_NODE_OS=guests: virtual machines whose hosts tell their power, by whether what they count was found.',
          'none',
          [target(`sum by (state) (kepler_online_trainer_guests{${here}})`, '{{state}}')],
        ),
        stack: true,
      },
      series('Duration of a round', 'Median and 99th percentile.', 's', [
        target(
          `histogram_quantile(0.5, sum by (le) (rate(kepler_online_trainer_round_duration_seconds_bucket{${here}}[$__rate_interval])))`,
          'median',
        ),
        target(
          `histogram_quantile(0.99, sum by (le) (rate(kepler_online_trainer_round_duration_seconds_bucket{${here}}[$__rate_interval])))`,
          '99th percentile',
        ),
      ]),
      series('Kept measurements', 'Time that they span.', 's', [
        target(`kepler_online_trainer_history_seconds{${here}}`, '{{instance}}'),
      ]),
      series(
        'Recovered samples',
        'Samples that were out of order, of a time that another one has, or no numbers.',
        'none',
        [
          target(
            `sum by (kind) (rate(kepler_online_trainer_mended_samples_total{${here}}[$__rate_interval]))`,
            '{{kind}}',
          ),
        ],
      ),
    ],
  },
  {
    title: 'Model server',
    panels: [
      requests('kepler_model_server_'),
      latency('kepler_model_server_'),
      series('Models of each pipeline', 'And pipelines that could not be read or downloaded.', 'none', [
        target(`kepler_model_server_pipeline_models{${here}}`, '{{pipeline}}'),
        target(`kepler_model_server_pipeline_errors{${here}}`, 'in trouble'),
      ]),
      series(
        'Weights that are served',
        'Of node models of absolute power: watts for a scaled unit of each feature.',
        'watt',
        [
          target(
            `kepler_model_server_model_weight_watts{${here},pipeline=~"$pipeline",output_type="AbsPower"}`,
            '{{source}} {{component}} {{feature_group}} {{feature}}',
          ),
        ],
        12,
      ),
      series(
        'Bias',
        'Watts when every feature is 0.',
        'watt',
        [
          target(
            `kepler_model_server_model_bias_watts{${here},pipeline=~"$pipeline",output_type="AbsPower"}`,
            '{{source}} {{component}} {{feature_group}}',
          ),
        ],
        12,
      ),
    ],
  },
  {
    title: 'Estimator',
    panels: [
      series('Estimates', 'Requests that were answered with powers, by model.', 'reqps', [
        target(
          `sum by (pipeline, model_name) (rate(kepler_estimator_estimates_total{${here}}[$__rate_interval]))`,
          '{{pipeline}} {{model_name}}',
        ),
      ]),
      series(
        'Failures',
        'Requests that were not, by code; answers longer than Kepler reads; models that could not be renewed.',
        'none',
        [
          target(`sum by (code) (rate(kepler_estimator_failures_total{${here}}[$__rate_interval]))`, '{{code}}'),
          target(`sum(rate(kepler_estimator_oversized_answers_total{${here}}[$__rate_interval]))`, 'too long'),
          target(
            `max by (instance) (kepler_estimator_model_load_failures{${here}})`,
            'renewals that failed in a row on {{instance}}',
          ),
        ],
      ),
      series('Time to answer on the socket', 'Median and 99th percentile.', 's', [
        target(
          `histogram_quantile(0.5, sum by (le) (rate(kepler_estimator_answer_duration_seconds_bucket{${here}}[$__rate_interval])))`,
          'median',
        ),
        target(
          `histogram_quantile(0.99, sum by (le) (rate(kepler_estimator_answer_duration_seconds_bucket{${here}}[$__rate_interval])))`,
          '99th percentile',
        ),
      ]),
      {
        title: 'Models in use',
        description: '1 when one is loaded, 0 when none could be.',
        type: 'state-timeline',
        unit: 'none',
        width: 24,
        targets: [
          target(
            `max by (source, output_type, pipeline, model_name) (kepler_estimator_model_info{${here}})`,
            '{{source}}/{{output_type}} {{pipeline}} {{model_name}}',
          ),
        ],
      },
    ],
  },
  {
    title: 'Offline trainer',
    panels: [
      {
        ...series('Jobs', 'That are kept, by state.', 'none', [
          target(`sum by (state) (kepler_offline_trainer_jobs{${here}})`, '{{state}}'),
        ]),
        stack: true,
      },
      series('Duration of jobs', 'Median by how they ended.', 's', [
        target(
          `histogram_quantile(0.5, sum by (le, state) (rate(kepler_offline_trainer_job_duration_seconds_bucket{${here}}[1h])))`,
          '{{state}}',
        ),
      ]),
      series('Requests and results on disk', 'Bounded by OFFLINE_TRAINER_KEPT_BYTES.', 'bytes', [
        target(`kepler_offline_trainer_store_bytes{${here}}`, '{{instance}}'),
      ]),
    ],
  },
  {
    title: 'Processes',
    panels: [
      series('Memory', 'Resident.', 'bytes', [
        target(`process_resident_memory_bytes{${here},job=~"kepler-.+"}`, '{{job}} {{instance}}'),
      ]),
      series('CPU', 'Processors in use.', 'none', [
        target(`rate(process_cpu_seconds_total{${here},job=~"kepler-.+"}[$__rate_interval])`, '{{job}} {{instance}}'),
      ]),
      series(
        'Event loop',
        '99th percentile of how late timers come: what answers have to wait. The power meter looks each second only, too seldom to tell.',
        's',
        [
          target(
            `nodejs_eventloop_lag_p99_seconds{${here},job=~"kepler-.+",job!="kepler-power-meter"}`,
            '{{job}} {{instance}}',
          ),
        ],
      ),
    ],
  },
]

const source = { type: 'prometheus', uid: '$datasource' }

/** In the format of Grafana's dashboard files, schema 39 (Grafana 10.4 and newer). */
export function dashboard(): string {
  const panels: unknown[] = []
  let id = 1
  let y = 0
  for (const row of rows) {
    panels.push({
      id: id++,
      type: 'row',
      title: row.title,
      collapsed: false,
      panels: [],
      gridPos: { x: 0, y, w: 24, h: 1 },
    })
    y++
    let x = 0
    let height = 0
    for (const panel of row.panels) {
      if (x + panel.width > 24) {
        y += height
        x = 0
        height = 0
      }
      const h = panel.type === 'stat' ? 5 : 8
      panels.push({ id: id++, ...shown(panel), gridPos: { x, y, w: panel.width, h } })
      x += panel.width
      height = Math.max(height, h)
    }
    y += height
  }
  const content = {
    title: 'Kepler power models',
    uid: 'kepler-power-models',
    description: 'Model server, estimator, offline and online trainer: are the models right, and do the programs work?',
    tags: ['kepler', 'power'],
    schemaVersion: 39,
    editable: true,
    refresh: '30s',
    time: { from: 'now-3h', to: 'now' },
    templating: { list: variables() },
    annotations: { list: [published()] },
    panels,
  }
  return `${JSON.stringify(content, null, 2)}\n`
}

function shown({ title, description, type, unit, targets, thresholds, stack }: Panel) {
  const steps = thresholds && [
    { color: 'green', value: null },
    { color: 'orange', value: thresholds[0] },
    { color: 'red', value: thresholds[1] },
  ]
  const custom =
    type === 'timeseries'
      ? {
          fillOpacity: stack ? 30 : 5,
          lineWidth: 1,
          spanNulls: true,
          stacking: { mode: stack ? 'normal' : 'none' },
          ...(steps && { thresholdsStyle: { mode: 'dashed' } }),
        }
      : undefined
  return {
    title,
    description,
    type,
    datasource: source,
    targets: targets.map((one, i) => ({ refId: String.fromCharCode(65 + i), datasource: source, ...one })),
    fieldConfig: {
      defaults: {
        unit,
        ...(custom && { custom }),
        ...(steps && { thresholds: { mode: 'absolute', steps } }),
      },
      overrides: [],
    },
    options:
      type === 'timeseries'
        ? { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } }
        : type === 'stat'
          ? { reduceOptions: { calcs: ['lastNotNull'] }, colorMode: steps ? 'background' : 'value', textMode: 'auto' }
          : {},
  }
}

function variables() {
  const query = (name: string, text: string, hide = 0) => ({
    name,
    type: 'query',
    datasource: source,
    query: { query: text, refId: name },
    refresh: 2,
    includeAll: true,
    multi: true,
    allValue: '.*',
    current: { text: 'All', value: '$__all' },
    hide,
  })
  return [
    { name: 'datasource', type: 'datasource', query: 'prometheus', current: {}, hide: 0 },
    query('instance', 'label_values(up{job=~"kepler-.+"}, instance)'),
    query('pipeline', 'label_values(kepler_model_server_pipeline_models, pipeline)'),
    // A trained model may have fewer zones than the universal one, so that which there are is asked.
    {
      ...query('zone', 'label_values(kepler_meter_watts_upper, zone)'),
      includeAll: false,
      multi: false,
      current: { text: 'psys', value: 'psys' },
    },
  ]
}

/** A line in every graph where a version was published. */
function published() {
  return {
    name: 'New version',
    datasource: source,
    enable: true,
    iconColor: 'blue',
    expr: 'changes(kepler_online_trainer_served_version[1m]) > 0',
    titleFormat: 'a new version is served',
  }
}
