// Runs compiled queries on the file. The tables are STRICT and the queries typed, so the rows are what the compiler says they are.
import type { Compilable } from 'kysely';
import type { PrivateFile } from '#store/private-file.ts';

export const rows = <Row>(file: PrivateFile, query: Compilable<Row>): readonly Row[] => {
  const { sql, parameters } = query.compile();
  return file.all(sql, parameters) as readonly Row[];
};

export const firstRow = <Row>(file: PrivateFile, query: Compilable<Row>): Row | null => rows(file, query)[0] ?? null;

/** How many rows it changed. */
export const run = (file: PrivateFile, query: Compilable): number => {
  const { sql, parameters } = query.compile();
  return file.run(sql, parameters);
};
