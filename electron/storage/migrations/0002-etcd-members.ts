import type { Migration } from './interface.ts';

/** Members of etcd keep a Raft log. What there was becomes a member that has just taken a snapshot. */
export const etcdMembers: Migration = {
  number: 2,
  name: 'etcd-members',
  sql: `
-- Entries of the Raft log; data is JSON.
CREATE TABLE etcd_wal (
  member INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  term INTEGER NOT NULL,
  type TEXT NOT NULL,
  data TEXT
) STRICT;
CREATE UNIQUE INDEX etcd_wal_order ON etcd_wal (member, idx);

-- metadata, hardState, snapshot; JSON.
CREATE TABLE etcd_wal_state (
  member INTEGER NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (member, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE etcd_bucket (
  member INTEGER NOT NULL,
  bucket TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (member, bucket, key)
) STRICT, WITHOUT ROWID;

CREATE TEMP TABLE old AS
SELECT m.member AS member, m.value AS id,
  (SELECT value FROM etcd_meta WHERE member = m.member AND key = 'clusterId') AS cluster,
  CAST((SELECT value FROM etcd_meta WHERE member = m.member AND key = 'term') AS INTEGER) AS term,
  CAST((SELECT value FROM etcd_meta WHERE member = m.member AND key = 'consistentIndex') AS INTEGER) AS idx
FROM etcd_meta AS m WHERE m.key = 'memberId';

INSERT INTO etcd_wal_state (member, key, value)
SELECT member, 'metadata', json_object('memberId', id, 'clusterId', cluster) FROM old;
INSERT INTO etcd_wal_state (member, key, value)
SELECT member, 'hardState', json_object('term', term, 'vote', '0', 'commit', idx) FROM old;
INSERT INTO etcd_wal_state (member, key, value)
SELECT member, 'snapshot', json_object('index', idx, 'term', term, 'confState', json_object(
  'voters', json_array(id), 'learners', json_array(), 'votersOutgoing', json_array(),
  'learnersNext', json_array(), 'autoLeave', json('false'))) FROM old;
INSERT INTO etcd_meta (member, key, value)
SELECT member, 'confState', json_object(
  'voters', json_array(id), 'learners', json_array(), 'votersOutgoing', json_array(),
  'learnersNext', json_array(), 'autoLeave', json('false')) FROM old;
-- Where it can be reached it says itself when it starts.
INSERT INTO etcd_bucket (member, bucket, key, value)
SELECT member, 'members', id, json_object('id', id, 'name', '', 'peerUrls', json_array(),
  'clientUrls', json_array(), 'isLearner', json('false')) FROM old;
DELETE FROM etcd_meta WHERE key IN ('memberId', 'incarnation');
DROP TABLE old;
`,
};
