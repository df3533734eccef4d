import { useEffect, useRef } from 'preact/hooks'
import type { OverviewJson } from '../api/answers.js'
import { Header } from './parts/header.js'
import { Answered } from './parts/notice.js'
import { type View, views } from './state/routes.js'
import { useAnswer } from './state/use-answer.js'
import { useRoute } from './state/use-route.js'
import { EstimateView } from './views/estimate.js'
import { LiveView } from './views/live.js'
import { MachineView } from './views/machine.js'
import { ModelView } from './views/model.js'
import { ModelsView } from './views/models.js'
import { NodeTypesView } from './views/node-types.js'
import { OnlineView } from './views/online.js'
import { PipelinesView } from './views/pipelines.js'
import type { ViewProps } from './views/view.js'

const components: Readonly<Record<View, (props: ViewProps) => preact.ComponentChild>> = {
  machine: MachineView,
  estimate: EstimateView,
  models: ModelsView,
  model: ModelView,
  'node-types': NodeTypesView,
  pipelines: PipelinesView,
  online: OnlineView,
  live: LiveView,
}

const titles: Readonly<Record<View, string>> = {
  machine: 'Machine',
  estimate: 'Estimate',
  models: 'Models',
  model: 'Model',
  'node-types': 'Node types',
  pipelines: 'Pipelines',
  online: 'Online trainer',
  live: 'Live watts',
}

export function App() {
  const { view, parameters } = useRoute()
  const overview = useAnswer<OverviewJson>('api/v1/overview')
  const main = useRef<HTMLElement>(null)
  const before = useRef(view)

  useEffect(() => {
    document.title = `${titles[view]} · Kepler power models`
    // Who changed the view with the keyboard goes on in the new one, not at the top of the page.
    if (before.current !== view) main.current?.focus()
    before.current = view
  }, [view])

  const ViewComponent = components[view]
  return (
    <>
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        Skip to the content
      </button>
      <Header view={view} titles={titles} shown={shownViews(overview.answer)} version={overview.answer?.version} />
      <main ref={main} tabIndex={-1}>
        <Answered asked={overview} what="what is served">
          {(answer) => <ViewComponent overview={answer} parameters={parameters} refresh={overview.again} />}
        </Answered>
      </main>
    </>
  )
}

/** Those that stand in the navigation: one model is reached from the list. */
function shownViews(overview: OverviewJson | undefined): readonly View[] {
  const hidden: readonly View[] = [
    'model',
    ...(overview?.has_online ? [] : (['online'] as const)),
    ...(overview?.has_live ? [] : (['live'] as const)),
  ]
  return views.filter((view) => !hidden.includes(view))
}
