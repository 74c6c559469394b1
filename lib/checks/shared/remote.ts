/** A file that kustomize fetches by HTTP; everything else that is remote it clones with Git. */
export function isRemoteFile(url: string): boolean {
  return /^https?:\/\/[^?#]+\.(ya?ml|json)([?#]|$)/i.test(url);
}

/** Whether what stands behind an address stays what it is: a commit, or a version that is not moved. */
export function isPinned(url: string): boolean {
  const commit = /(^|[/=@-])[0-9a-f]{40}([/&?#]|$)/;
  const version = /(^|[/=@-])v?\d+\.\d+(\.\d+)?([-+.][\w.+-]*)?([/&?#]|$)/;
  return commit.test(url) || version.test(url);
}
