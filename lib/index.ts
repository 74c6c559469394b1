export { allow } from './allow.js';
export type { Allowance } from './allow.js';
export { Certificate } from './cert-manager/certificate.js';
export type { CertificateProps, CertificateRenewal, CertificateSpec, IssuerRef } from './cert-manager/certificate.js';
export { ClusterIssuer } from './cert-manager/cluster-issuer.js';
export type { ClusterIssuerProps } from './cert-manager/cluster-issuer.js';
export { Issuer } from './cert-manager/issuer.js';
export type { IssuerProps } from './cert-manager/issuer.js';
export type { IssuerSpec } from './cert-manager/issuer-spec.js';
export type { Rule, RuleFinding } from './checks/rule.js';
export { nameOf } from './checks/rule.js';
export { Cluster } from './cluster.js';
export type { ClusterProps } from './cluster.js';
export { FleetError, formatFinding } from './finding.js';
export type { Finding, Severity, Where } from './finding.js';
export { Fleet } from './fleet.js';
export type { FleetProps } from './fleet.js';
export { Bucket } from './flux/bucket.js';
export type { BucketProps, BucketSourceProps } from './flux/bucket.js';
export type { ControllerSettings, FluxComponent, FluxSettings } from './flux/controllers.js';
export { Flux } from './flux/flux.js';
export { GitRef } from './flux/git-ref.js';
export { GitRepository } from './flux/git-repository.js';
export type { GitRepositoryProps, GitSourceProps } from './flux/git-repository.js';
export { HelmRelease } from './flux/helm-release.js';
export type {
  DriftDetection,
  HelmChart,
  HelmInstall,
  HelmReleaseDependency,
  HelmReleaseProps,
  HelmRollback,
  HelmTest,
  HelmUninstall,
  HelmUpgrade,
  HelmValuesFrom,
  PostRenderer,
} from './flux/helm-release.js';
export { HelmRepository } from './flux/helm-repository.js';
export type { HelmRepositoryProps, HelmSourceProps } from './flux/helm-repository.js';
export { mergeValues, overrideValues, valuesFromFile } from './flux/helm-values.js';
export type { HelmValues } from './flux/helm-values.js';
export type { FluxInstallation } from './flux/installation.js';
export type { Intervals } from './flux/intervals.js';
export { Kustomization } from './flux/kustomization.js';
export type { KustomizationDependency, KustomizationProps } from './flux/kustomization.js';
export type {
  HealthCheck,
  HealthCheckExpr,
  IgnoreRule,
  Image,
  KustomizationOptions,
  PostBuild,
} from './flux/kustomization-options.js';
export type { Patch, PatchOperation } from './flux/patch.js';
export { OCIRef } from './flux/oci-ref.js';
export { OCIRepository } from './flux/oci-repository.js';
export type { OCIRepositoryProps, OCISourceProps, OCIVerification, OIDCIdentity } from './flux/oci-repository.js';
export type { OperatorSettings, OperatorUpgrade } from './flux/operator.js';
export { Alert } from './flux/alert.js';
export type { AlertProps } from './flux/alert.js';
export { ArtifactGenerator } from './flux/artifact-generator.js';
export type {
  ArtifactCopy,
  ArtifactGeneratorProps,
  ArtifactProps,
  GeneratedArtifact,
} from './flux/artifact-generator.js';
export { fluxAnnotations } from './flux/annotations.js';
export type { FluxAnnotations } from './flux/annotations.js';
export { CopiedObject } from './flux/copied-object.js';
export type { CopiedObjectProps } from './flux/copied-object.js';
export type { FluxObjectKind, FluxObjectRef, FluxObjectSelector } from './flux/flux-object.js';
export { ImagePolicy } from './flux/image-policy.js';
export type { ImagePolicyChoice, ImagePolicyProps, ImagePolicyRef } from './flux/image-policy.js';
export { ImageRepository } from './flux/image-repository.js';
export type { ImageRepositoryProps, ImageRepositoryRef } from './flux/image-repository.js';
export { ImageUpdateAutomation } from './flux/image-update-automation.js';
export type { AutomationGit, ImageUpdateAutomationProps } from './flux/image-update-automation.js';
export { Provider } from './flux/provider.js';
export type { ProviderProps, ProviderRef, ProviderType } from './flux/provider.js';
export { Receiver } from './flux/receiver.js';
export type { FilteredResource, OIDCProvider, ReceiverProps } from './flux/receiver.js';
export { ResourceSetInputProvider } from './flux/resource-set-input-provider.js';
export type { ResourceSetInputProviderProps } from './flux/resource-set-input-provider.js';
export { ResourceSet } from './flux/resource-set.js';
export type { ResourceSetProps } from './flux/resource-set.js';
export { Source } from './flux/source.js';
export type { SourceConstruct, SourceKind, SourceLike } from './flux/source.js';
export { InfraComponent } from './infra-component.js';
export type { ComponentLayerProps, ComponentNamespace, InfraComponentProps } from './infra-component.js';
export type { FileRef } from './file.js';
export { ConfigMap } from './kubernetes/config-map.js';
export type { ConfigMapProps } from './kubernetes/config-map.js';
export { EncryptedSecret } from './kubernetes/encrypted-secret.js';
export type { EncryptedSecretProps } from './kubernetes/encrypted-secret.js';
export { LimitRange } from './kubernetes/limit-range.js';
export type { Limit, LimitRangeProps } from './kubernetes/limit-range.js';
export { ManifestFile } from './kubernetes/manifest-file.js';
export type { ManifestFileProps } from './kubernetes/manifest-file.js';
export { Namespace } from './kubernetes/namespace.js';
export type { NamespaceProps, PodSecurity } from './kubernetes/namespace.js';
export { NetworkPolicy } from './kubernetes/network-policy.js';
export type { AllowedTraffic, CommonTraffic, NetworkPolicyProps } from './kubernetes/network-policy.js';
export { ResourceQuota } from './kubernetes/resource-quota.js';
export type { ResourceList, ResourceQuotaProps } from './kubernetes/resource-quota.js';
export { ClusterRoleBinding, RoleBinding } from './kubernetes/role-binding.js';
export type { ClusterRoleBindingProps, RoleBindingProps, RoleRef, Subject } from './kubernetes/role-binding.js';
export { Secret } from './kubernetes/secret.js';
export type { SecretProps } from './kubernetes/secret.js';
export { ServiceAccount } from './kubernetes/service-account.js';
export type { ServiceAccountProps } from './kubernetes/service-account.js';
export { ValidatingAdmissionPolicy } from './kubernetes/validating-admission-policy.js';
export type {
  ValidatingAdmissionPolicyProps,
  ValidatingAdmissionPolicyRef,
  ValidatingAdmissionPolicySpec,
} from './kubernetes/validating-admission-policy.js';
export { ValidatingAdmissionPolicyBinding } from './kubernetes/validating-admission-policy-binding.js';
export type {
  ValidatingAdmissionPolicyBindingProps,
  ValidationAction,
} from './kubernetes/validating-admission-policy-binding.js';
export { ClusterPolicy } from './kyverno/cluster-policy.js';
export type { ClusterPolicyProps, PolicySpec } from './kyverno/cluster-policy.js';
export { Policy } from './kyverno/policy.js';
export type { PolicyProps } from './kyverno/policy.js';
export { Propagation } from './kyverno/propagation.js';
export type { LabelMatch, PropagationProps } from './kyverno/propagation.js';
export { Layer } from './layer.js';
export type { LayerProps } from './layer.js';
export { Manifest } from './manifest.js';
export type { ClusterModel, ExistingObject, FieldPath, LayerModel, ObjectModel } from './model/cluster-model.js';
export type { ClusterState, KustomizationState, ObjectState, Wanted } from './model/cluster-state.js';
export type { Identity } from './model/identity.js';
export type { JsonObject, JsonValue } from './yaml/normalize.js';
export type { NamespacedObjectMeta, ObjectMeta } from './manifest.js';
export { FluxImages } from './policy/flux-images.js';
export type { FluxImagesProps } from './policy/flux-images.js';
export type { LockdownOptions } from './policy/lockdown.js';
export { TenantPolicies } from './policy/tenant-policies.js';
export type { TenantPoliciesProps } from './policy/tenant-policies.js';
export { VerifiedFluxImages } from './policy/verified-flux-images.js';
export type { VerifiedFluxImagesProps } from './policy/verified-flux-images.js';
export type { ConfigMapRef, ExternalObject, SecretRef } from './reference.js';
export { Repository } from './repository.js';
export type { RepositoryProps } from './repository.js';
export type { Dependency } from './scope.js';
export type { FileLayout } from './synth/app.js';
export { SealedSecret } from './sealed-secrets/sealed-secret.js';
export type {
  SealedSecretData,
  SealedSecretFile,
  SealedSecretProps,
  SealingScope,
  SecretTemplate,
} from './sealed-secrets/sealed-secret.js';
export { assignShard } from './shard.js';
export { Tenant } from './tenant.js';
export type { TenantProps, TenantSync } from './tenant.js';
export type { TenantNamespace, TenantNamespaceProps } from './tenant-namespace.js';
export { variable } from './variables.js';
export type { Variables } from './variables.js';
export { Versions } from './versions.js';
export type { VersionMarker } from './versions-record.js';
