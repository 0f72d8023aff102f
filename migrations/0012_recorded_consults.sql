-- Of which transfer's consult a recording is, so that only those two agents hear it. Those from before this have none, and are for
-- supervisors alone.
alter table recordings add column transfer_id text;
