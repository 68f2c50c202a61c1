/**
 * What of the Kubernetes API our manifests use, field by field: names, forms and words as in the API reference
 * (v1.32: batch/v1 Job, v1 ConfigMap, PersistentVolumeClaim, Namespace, PodSpec). Whatever else there is in a manifest
 * is a mistake. `test/e2e/kubernetes.test.ts` asks kubectl's own types as well.
 */
import * as z from 'zod'

const label = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/)
const labels = z.record(
  z.string().regex(/^([a-z0-9.-]{1,253}\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/),
  z.string().regex(/^([A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?)?$/),
)
const metadata = z.strictObject({ name: label, namespace: label.optional(), labels: labels.optional() })
const count = z.int().min(0)
const quantity = z.string().regex(/^\d+(m|Ki|Mi|Gi)?$/)
const resources = z.strictObject({
  requests: z.record(z.enum(['cpu', 'memory']), quantity),
  limits: z.partialRecord(z.enum(['cpu', 'memory']), quantity).optional(),
})
const configMapKey = z.string().regex(/^[-._a-zA-Z0-9]{1,253}$/)
/** Relative, and never upwards. */
const insidePath = z.string().regex(/^(?!\/)(?!.*(^|\/)\.\.(\/|$)).+$/)

const volume = z.union([
  z.strictObject({
    name: label,
    configMap: z.strictObject({
      name: label,
      items: z.array(z.strictObject({ key: configMapKey, path: insidePath })).min(1),
    }),
  }),
  z.strictObject({ name: label, persistentVolumeClaim: z.strictObject({ claimName: label }) }),
])

const container = z.strictObject({
  name: label,
  image: z.string().min(1),
  command: z.array(z.string()).min(1),
  env: z.array(
    z.union([
      z.strictObject({ name: z.string().regex(/^[A-Z_]+$/), value: z.string() }),
      z.strictObject({
        name: z.string().regex(/^[A-Z_]+$/),
        valueFrom: z.strictObject({ fieldRef: z.strictObject({ fieldPath: z.string() }) }),
      }),
    ]),
  ),
  resources,
  securityContext: z.strictObject({
    allowPrivilegeEscalation: z.boolean(),
    readOnlyRootFilesystem: z.boolean(),
    capabilities: z.strictObject({ drop: z.array(z.string()) }),
  }),
  volumeMounts: z.array(
    z.strictObject({ name: label, mountPath: z.string().startsWith('/'), readOnly: z.boolean().optional() }),
  ),
})

const podSpec = z.strictObject({
  restartPolicy: z.enum(['Never', 'OnFailure']),
  terminationGracePeriodSeconds: count,
  automountServiceAccountToken: z.boolean(),
  enableServiceLinks: z.boolean(),
  securityContext: z.strictObject({
    runAsNonRoot: z.boolean(),
    runAsUser: count,
    runAsGroup: count,
    fsGroup: count,
    seccompProfile: z.strictObject({ type: z.enum(['RuntimeDefault', 'Unconfined', 'Localhost']) }),
  }),
  containers: z.array(container).min(1),
  volumes: z.array(volume),
  topologySpreadConstraints: z
    .array(
      z.strictObject({
        maxSkew: count.min(1),
        topologyKey: z.string(),
        whenUnsatisfiable: z.enum(['DoNotSchedule', 'ScheduleAnyway']),
        labelSelector: z.strictObject({ matchLabels: labels }),
      }),
    )
    .optional(),
})

const jobSpec = z
  .strictObject({
    completionMode: z.enum(['NonIndexed', 'Indexed']).optional(),
    completions: count.optional(),
    parallelism: count.optional(),
    backoffLimit: count.optional(),
    backoffLimitPerIndex: count.optional(),
    maxFailedIndexes: count.optional(),
    activeDeadlineSeconds: count,
    ttlSecondsAfterFinished: count,
    template: z.strictObject({ metadata: z.strictObject({ labels }), spec: podSpec }),
  })
  // "Can only be set when ..." of the reference.
  .refine((spec) => spec.backoffLimitPerIndex === undefined || spec.completionMode === 'Indexed')
  .refine((spec) => spec.maxFailedIndexes === undefined || spec.backoffLimitPerIndex !== undefined)
  .refine((spec) => (spec.maxFailedIndexes ?? 0) <= (spec.completions ?? 0))

export const manifestSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    apiVersion: z.literal('v1'),
    kind: z.literal('Namespace'),
    metadata: z.strictObject({ name: label }),
  }),
  z.strictObject({
    apiVersion: z.literal('v1'),
    kind: z.literal('ConfigMap'),
    metadata,
    data: z.record(configMapKey, z.string()),
    binaryData: z.record(configMapKey, z.base64()).optional(),
  }),
  z.strictObject({
    apiVersion: z.literal('v1'),
    kind: z.literal('PersistentVolumeClaim'),
    metadata,
    spec: z.strictObject({
      accessModes: z.array(z.enum(['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'])),
      resources: z.strictObject({ requests: z.strictObject({ storage: quantity }) }),
    }),
  }),
  z.strictObject({ apiVersion: z.literal('batch/v1'), kind: z.literal('Job'), metadata, spec: jobSpec }),
])
export type Manifest = z.infer<typeof manifestSchema>
