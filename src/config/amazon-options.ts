import { path, text, url } from './option.js'

const group = 'Prometheus'

/** Settings for Amazon Managed Service for Prometheus, under the names that Amazon's own programs read. */
export const amazonOptions = Object.freeze({
  PROM_SIGV4_REGION: text<undefined>({
    group,
    default: undefined,
    description:
      'Sign requests to `PROM_SERVER` for this region of AWS (Amazon Managed Service for Prometheus). Credentials are the first found of: a key, a role with a web identity, the agent of a container.',
  }),
  AWS_ACCESS_KEY_ID: text<undefined>({ group, default: undefined, description: 'Identifier of a key of AWS.' }),
  AWS_SECRET_ACCESS_KEY: text<undefined>({ group, default: undefined, description: 'That key.', secret: true }),
  AWS_SESSION_TOKEN: text<undefined>({
    group,
    default: undefined,
    description: 'Token that belongs to a temporary key.',
    secret: true,
  }),
  AWS_ROLE_ARN: text<undefined>({
    group,
    default: undefined,
    description: 'Role to take with the token in `AWS_WEB_IDENTITY_TOKEN_FILE`; EKS sets both for service accounts.',
  }),
  AWS_WEB_IDENTITY_TOKEN_FILE: path<undefined>({
    group,
    default: undefined,
    description: 'File of a token that the role trusts.',
  }),
  AWS_ENDPOINT_URL_STS: url<undefined>(
    {
      group,
      default: undefined,
      defaultText: 'that of the region',
      description: 'The Security Token Service that gives the credentials of a role.',
    },
    ['http', 'https'],
  ),
  AWS_CONTAINER_CREDENTIALS_FULL_URI: url<undefined>(
    {
      group,
      default: undefined,
      description:
        'Where the agent of a container gives credentials; EKS Pod Identity sets it. Never asked through a proxy.',
    },
    ['http', 'https'],
  ),
  AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: path<undefined>({
    group,
    default: undefined,
    description: 'File of the token that the agent wants.',
  }),
})
