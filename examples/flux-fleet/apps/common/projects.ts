/** Environments that a project can be deployed to. */
export type Environment = 'staging' | 'production';

/** A project on the fleet: what its owner asks for. */
export interface Project {
  /** Name of the project, of its namespace, and of the account that deploys it. */
  readonly name: string;
  /** Its deployment repository, with a directory `flux/<environment>` for each environment. */
  readonly repository: string;
  readonly environments: readonly Environment[];
}

/** All projects. To onboard one, add an entry, and open a pull request. */
export const projects: readonly Project[] = [
  {
    name: 'facebooc',
    repository: 'https://github.com/lfs269/facebooc-deploy',
    environments: ['staging', 'production'],
  },
];
