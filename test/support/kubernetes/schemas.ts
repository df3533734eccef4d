import {
  PodMonitor,
  PrometheusRule,
  ServiceMonitor,
} from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1'
import { DaemonSet, Deployment } from 'kubernetes-models/apps/v1'
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1'
import { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1'
import { ConfigMap, Namespace, PersistentVolumeClaim, Service, ServiceAccount } from 'kubernetes-models/v1'
import { type Manifest, nameOf } from './manifest.js'

const models = [
  ClusterRole,
  ClusterRoleBinding,
  ConfigMap,
  DaemonSet,
  Deployment,
  Namespace,
  NetworkPolicy,
  PersistentVolumeClaim,
  PodMonitor,
  PrometheusRule,
  Role,
  RoleBinding,
  Service,
  ServiceAccount,
  ServiceMonitor,
]

/** Kinds that no package has a schema of. */
const withoutSchema = new Set(['route.openshift.io/v1 Route'])

/**
 * Holds a manifest against the published schema of its kind: types, required fields, patterns, and fields that the schema
 * does not know. The schemas themselves allow unknown fields; here a field is unknown when their validator never looked at
 * it.
 */
export function schemaProblems(manifest: Manifest): string[] {
  const { apiVersion, kind } = manifest
  if (withoutSchema.has(`${apiVersion} ${kind}`)) return []
  const model = models.find((candidate) => candidate.apiVersion === apiVersion && candidate.kind === kind)
  const name = nameOf(manifest)
  if (!model) return [`${name}: no schema is known for it`]
  const unread = new Set<string>()
  try {
    model.prototype.validate.call(watched(manifest, '', unread))
  } catch (error) {
    return [`${name}: ${error instanceof Error ? error.message : String(error)}`]
  }
  return [...unread].map((path) => `${name}: unknown field ${path}`)
}

/** The same value, which takes each field off `unread` once somebody looks at it. */
function watched<T extends object>(value: T, path: string, unread: Set<string>): T {
  const pathOf = (key: string | symbol) => (path === '' ? String(key) : `${path}.${String(key)}`)
  if (!Array.isArray(value)) for (const key of Object.keys(value)) unread.add(pathOf(key))
  const seen = new Map<string | symbol, object>()
  return new Proxy(value, {
    get(target, key, receiver) {
      const field: unknown = Reflect.get(target, key, receiver)
      unread.delete(pathOf(key))
      if (typeof field !== 'object' || field === null) return field
      const known = seen.get(key) ?? watched(field, pathOf(key), unread)
      seen.set(key, known)
      return known
    },
  })
}
