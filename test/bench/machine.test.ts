import { expect, test } from '@jest/globals';
import { typeAt } from '../../bench/machine.js';

const MOUNTS = [
  '/dev/vda / ext4 rw 0 0',
  'tmpfs /dev tmpfs rw 0 0',
  'tmpfs /dev/shm tmpfs rw 0 0',
  '/dev/vdb /data xfs rw 0 0',
  'overlay /data btrfs rw 0 0',
  '',
].join('\n');

test.each([
  ['/dev/shm/bench', 'tmpfs'],
  ['/dev/shm', 'tmpfs'],
  ['/dev/shmx', 'tmpfs'],
  ['/home/me', 'ext4'],
  ['/database', 'ext4'],
])('%s is on %s', (path, type) => {
  expect(typeAt(path, MOUNTS)).toBe(type);
});

test('of two mounts on one place the later one counts', () => {
  expect(typeAt('/data/bench', MOUNTS)).toBe('btrfs');
});

test('without mounts it is not known', () => {
  expect(typeAt('/data', '')).toBe('unknown');
});
