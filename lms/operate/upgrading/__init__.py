"""`lms upgrade`: the database of an older version becomes that of this one, or stays what it was.

It is never migrated in place. A sealed backup is made, that backup is restored beside the live database and migrated
there, and what came out is compared and counted; only then does it take the live one's name, in one step (a rename, or
one transaction). So there is nothing to roll back: whatever raises, hangs or is killed before that step leaves the
database as it was, and after it the upgrade is done. And each upgrade proves a backup.

The site must be stopped. Whoever wrote between the backup and the step would have written into what is thrown away, and
old code does not know the new schema. `alone.py` refuses a database that is open elsewhere, and keeps writers out.
"""
