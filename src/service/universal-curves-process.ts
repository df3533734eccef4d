import { curvesMessage } from './curves-message.js'
import type { CurvesRequest } from './universal-curves.js'

// After the one request nothing is waited for, and the process ends; so it does when its parent has ended.
process.once('message', (request: CurvesRequest) => process.send?.(curvesMessage(request)))
