-- What SQLite should expect: every office is a large one. Without this it takes any first column of an index for a fine
-- choice, and reads a whole street where it could look up one case. Rows that share the first columns of an index: all of
-- a street or a million, ten of whatever has an id, a hundredth for each column else (https://sqlite.org/fileformat2.html#stat1tab).
ANALYZE sqlite_schema;
DELETE FROM sqlite_stat1;
INSERT INTO sqlite_stat1 (tbl, idx, stat)
WITH part (tbl, idx, whole, size, seq, digits) AS (
  SELECT t.name, CASE WHEN t.wr AND i.origin = 'pk' THEN t.name ELSE i.name END, i."unique" AND NOT i.partial,
    CASE WHEN i.partial THEN 4 ELSE 6 END, c.seqno,
    CASE
      WHEN c.name IN ('jurisdiction', 'street') THEN 0
      WHEN c.name LIKE '%id' OR c.name IN ('number', 'digest', 'account', 'person', 'whom', 'seat', 'deed_key', 'phone') THEN 5
      ELSE 2
    END
  FROM pragma_table_list t JOIN pragma_index_list(t.name) i JOIN pragma_index_info(i.name) c
  WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite%'
), shared (tbl, idx, seq, n) AS (
  SELECT tbl, idx, -1, substr('1000000', 1, 1 + size) FROM part WHERE seq = 0
  UNION ALL
  SELECT tbl, idx, seq,
    CASE WHEN whole AND seq = max(seq) OVER (PARTITION BY idx) THEN '1'
      ELSE substr('1000000', 1, 1 + max(0, size - sum(digits) OVER (PARTITION BY idx ORDER BY seq))) END
  FROM part
)
SELECT tbl, idx, group_concat(n, ' ') FROM (SELECT * FROM shared ORDER BY idx, seq) GROUP BY tbl, idx;
ANALYZE sqlite_schema;
