import { expect, test } from '@jest/globals';
import { noteOfAbsent } from '../../lib/report/absent.js';
import { jsonReport } from '../../lib/report/json.js';
import { reportOf } from '../../lib/report/report.js';

function sources(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `GitRepository/team-${i + 1}/app`);
}

test('a source that is not here is one note', () => {
  expect(noteOfAbsent([])).toEqual([]);
  expect(noteOfAbsent(sources(1))).toEqual([
    'the content of GitRepository/team-1/app is not here, so what it brings is not judged',
  ]);
});

test('of many the first three are told, and how many more there are', () => {
  expect(noteOfAbsent(sources(3))[0]).toMatch(/: GitRepository.team-1.app, .*team-2.app, .*team-3.app; --source/);
  expect(noteOfAbsent(sources(200))).toEqual([
    'the content of 200 sources is not here, so what they bring is not judged: GitRepository/team-1/app, GitRepository/team-2/app, GitRepository/team-3/app and 197 more; --source says where it lies',
  ]);
});

test('JSON has each of them', () => {
  const report = reportOf({ clusters: [], read: [], unchecked: {}, notes: ['a note'], absent: sources(5) });
  const { notes } = JSON.parse(jsonReport(report)) as { notes: string[] };
  expect(notes).toHaveLength(6);
  expect(notes[5]).toBe('the content of GitRepository/team-5/app is not here, so what it brings is not judged');
});
