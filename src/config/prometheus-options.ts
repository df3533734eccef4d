import { flag, integer, path, text, url } from './option.js'

const group = 'Prometheus'

/** Settings of the Prometheus that is queried. */
export const prometheusOptions = Object.freeze({
  PROM_SERVER: url({ group, default: 'http://localhost:9090', description: 'The Prometheus to query.' }, [
    'http',
    'https',
  ]),
  PROM_QUERY_INTERVAL: integer({ group, default: 300, description: 'Seconds that one query covers.' }, 1, 31_536_000),
  PROM_QUERY_STEP: integer({ group, default: 3, description: 'Seconds between samples.' }, 1, 86_400),
  PROM_TIMEOUT: integer(
    {
      group,
      default: 60,
      description: 'Seconds without a byte after which an answer of `PROM_SERVER` counts as lost.',
    },
    1,
    3600,
  ),
  PROM_SSL_DISABLE: flag({
    group,
    default: false,
    description: 'Do not check the certificate of `PROM_SERVER`.',
  }),
  PROM_CA_FILE: path<undefined>({
    group,
    default: undefined,
    defaultText: '`CA_FILE`',
    description: 'PEM file of the authority that signed the certificate of `PROM_SERVER`: no other is trusted.',
  }),
  PROM_CERT_FILE: path<undefined>({
    group,
    default: undefined,
    description: 'PEM file of the certificate that `PROM_SERVER` is shown (mutual TLS), read anew for each query.',
  }),
  PROM_KEY_FILE: path<undefined>({
    group,
    default: undefined,
    defaultText: '`PROM_CERT_FILE`',
    description: 'PEM file of its private key.',
  }),
  PROM_ALLOW_PARTIAL: flag({
    group,
    default: false,
    description:
      'Take answers that come with a warning (Thanos: a store does not answer), in which measurements may be missing. Otherwise they are an error.',
  }),
  PROM_BEARER_TOKEN: text<undefined>({
    group,
    default: undefined,
    description: 'Bearer token for `PROM_SERVER`.',
    secret: true,
  }),
  PROM_BEARER_TOKEN_FILE: path<undefined>({
    group,
    default: undefined,
    description: 'File with that token, read anew for each query: Kubernetes renews the tokens of service accounts.',
  }),
  PROM_USERNAME: text<undefined>({
    group,
    default: undefined,
    description: 'User name for basic authentication at `PROM_SERVER`.',
  }),
  PROM_PASSWORD: text<undefined>({
    group,
    default: undefined,
    description: 'Password for basic authentication at `PROM_SERVER`.',
    secret: true,
  }),
  PROM_HEADERS: text<undefined>({
    group,
    default: undefined,
    description: 'More request headers for `PROM_SERVER`: `name:value`, comma-separated.',
    secret: true,
  }),
})
