import type { ProblemMeaning, ProblemOf } from "../core/problem.ts";

/** What can be wrong with the database, as far as a person can change it; the documentation is made from it. */
export const stateProblems = {
  HOS601: {
    title: "Another service uses the directory",
    help: "An embedded database belongs to one process. Stop the other one, give this one a HISHAMOS_DATA_DIR of its own, or set DATABASE_URL to run several on Postgres.",
  },
  HOS602: {
    title: "The database file is damaged",
    help: "The file is damaged or belongs to another program. Restore it from a backup, or move it away to begin anew.",
  },
  HOS603: {
    title: "The database is newer than this release",
    help: "A newer release has changed the tables, and this one might harm what it doesn't know. Start the newer release, or restore a backup made before the upgrade.",
  },
  HOS604: {
    title: "The execution is newer than this release",
    help: "A newer release stored the execution in a shape that this one doesn't know. Start the release that wrote it.",
  },
  HOS606: {
    title: "Not a cursor",
    help: "A list goes on after the cursor that its last page returned, unchanged. Start again without one.",
  },
  HOS607: {
    title: "The directory can't be used",
    help: "HISHAMOS_DATA_DIR names a directory that this user may create or write to, on a disk with room.",
  },
  HOS608: {
    title: "The database can't be reached",
    help: "Nothing answers at DATABASE_URL, or it refuses the user. A database that does not answer is waited for half a minute; then the service ends, for whoever started it to start it again. Its form is postgres://USER:PASSWORD@HOST:5432/DATABASE.",
  },
  HOS609: {
    title: "The database's encoding can't hold everything",
    help: "GitHub's texts hold every character there is, and a database keeps them all only in UTF-8. Create it with ENCODING 'UTF8' TEMPLATE template0.",
  },
  HOS610: {
    title: "Not a schema name",
    help: "The schema's name is small letters, digits and _, at most 51, and doesn't begin with a digit.",
  },
  HOS612: {
    title: "Nothing to export",
    help: "No service has stored anything where DATABASE_URL or HISHAMOS_DATA_DIR lead. Set them as for the service.",
  },
  HOS613: {
    title: "Not a whole export",
    help: "The file is cut off, damaged, or something else. Make it anew with `hishamos export`. What was stored of it stays, and an import goes on when it is repeated with the same, whole file.",
  },
  HOS614: {
    title: "The export is newer than this release",
    help: "A newer release wrote it, and this one can't know all that is in it. Import it with that release or a newer one.",
  },
  HOS615: {
    title: "The store to import into is not empty",
    help: "An import never mixes with what is there. Import into a new database or directory, or empty this one first: `DROP SCHEMA hishamos CASCADE` on Postgres, or move hishamos.db away.",
  },
  HOS616: {
    title: "A service works on the store",
    help: "An import needs the store for itself. Stop every process of the service, import, and start them again.",
  },
  HOS617: {
    title: "An import was broken off",
    help: "Not everything is in the store, so no service starts on it. Repeat `hishamos import` with the same file, or empty the store.",
  },
} as const satisfies Record<string, ProblemMeaning>;

export type StateProblem = ProblemOf<typeof stateProblems>;
