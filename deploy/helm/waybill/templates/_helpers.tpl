{{- define "waybill.name" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "waybill.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "waybill.labels" -}}
{{ include "waybill.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "waybill.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end -}}
{{- end -}}
{{- end -}}

{{- /* Components that are on, as a map from their name to their values. */ -}}
{{- define "waybill.components" -}}
{{- $on := dict "gateway" .Values.gateway -}}
{{- if .Values.worker.enabled -}}{{- $_ := set $on "worker" .Values.worker -}}{{- end -}}
{{- $on | toYaml -}}
{{- end -}}

{{- define "waybill.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{- define "waybill.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end -}}

{{- /* Environment of every process of ours: what is secret, and what is not. */ -}}
{{- define "waybill.env" -}}
envFrom:
  - secretRef: { name: {{ .Values.secretName | quote }} }
env:
  - { name: WAYBILL_CONFIG, value: /etc/waybill/waybill.yaml }
  - { name: SHUTDOWN_TIMEOUT, value: {{ .Values.shutdownTimeout | quote }} }
  {{- if not .Values.migration.enabled }}
  - { name: WAYBILL_MIGRATE, value: auto }
  {{- end }}
  {{- range $name, $value := .Values.env }}
  - { name: {{ $name }}, value: {{ $value | quote }} }
  {{- end }}
{{- end -}}
