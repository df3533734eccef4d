import type { OverviewJson } from '../../api/answers.js'
import type { Parameters } from '../state/routes.js'

/** What every view is given. */
export interface ViewProps {
  readonly overview: OverviewJson
  readonly parameters: Parameters
  /** Asks again what is served. */
  readonly refresh: () => void
}
