import { ModelError, quote } from '../core/errors.js'
import { autoIsolator } from './auto.js'
import type { BackgroundRule } from './background.js'
import type { IdleProfile } from './idle-profile.js'
import type { Isolator } from './isolator.js'
import { minIsolator } from './min.js'
import { noneIsolator } from './none.js'
import { profileIsolator } from './profile.js'
import { type BackgroundModel, trainedIsolator } from './trained.js'

/** Where an isolator gets what it works with; each is asked only by the isolator that needs it. */
export interface IsolatorInputs {
  readonly rule: BackgroundRule
  /** Whether a profile is named. */
  readonly hasProfile: boolean
  /** What the idle node drew. @throws ModelError `INVALID_REQUEST` when nobody named a profile */
  readonly profile: () => IdleProfile | Promise<IdleProfile>
  /** AbsPower models of the source. @throws ModelError `NO_MODEL` when there are none */
  readonly models: () => Promise<readonly BackgroundModel[]>
}

interface IsolatorEntry {
  /** The name of the original's class, which clients of the offline trainer send, where it has one. */
  readonly className?: string
  /** What has to be there before it can be made, besides the rule. */
  readonly needs?: 'profile' | 'models'
  readonly make: (inputs: IsolatorInputs) => Isolator | Promise<Isolator>
}

/** The isolators by name. A new one is its file and a line here. */
const isolators = {
  auto: {
    make: async ({ hasProfile, profile, rule }) => autoIsolator(hasProfile ? await profile() : undefined, rule),
  },
  none: { className: 'NoneIsolator', make: () => noneIsolator() },
  min: { className: 'MinIdleIsolator', make: () => minIsolator() },
  profile: {
    className: 'ProfileBackgroundIsolator',
    needs: 'profile',
    make: async ({ profile, rule }) => profileIsolator(await profile(), rule),
  },
  trainer: {
    className: 'TrainIsolator',
    needs: 'models',
    make: async ({ models, rule }) => trainedIsolator(await models(), rule),
  },
} as const satisfies Readonly<Record<string, IsolatorEntry>>

export type IsolatorName = keyof typeof isolators

export const isolatorNames: readonly IsolatorName[] = Object.keys(isolators).filter(isIsolatorName)

/**
 * An isolator's name, from that or from the name of the original's class.
 *
 * @throws ModelError `INVALID_REQUEST` for an isolator that does not exist
 */
export function isolatorNameOf(text: string): IsolatorName {
  const name = isolatorNames.find((one) => one === text || classNameOf(one) === text)
  if (name !== undefined) return name
  const all = [...isolatorNames, ...isolatorNames.flatMap((one) => classNameOf(one) ?? [])].join(', ')
  throw new ModelError('INVALID_REQUEST', `unknown isolator ${quote(text)}; there are ${all}`, { field: 'isolator' })
}

function classNameOf(name: IsolatorName): string | undefined {
  const entry: IsolatorEntry = isolators[name]
  return entry.className
}

/** What an isolator needs besides the rule; `undefined` when nothing. */
export function needsOf(name: IsolatorName): IsolatorEntry['needs'] {
  const entry: IsolatorEntry = isolators[name]
  return entry.needs
}

/** @throws ModelError what its inputs throw */
export async function isolatorNamed(name: IsolatorName, inputs: IsolatorInputs): Promise<Isolator> {
  return isolators[name].make(inputs)
}

function isIsolatorName(name: string): name is IsolatorName {
  return Object.hasOwn(isolators, name)
}
