-- An agent has one call or one offer, no longer one of each.
delete from engagements where kind = 'offer' and agent_id in (select agent_id from engagements where kind = 'call');
-- Since when, and at which server it was stored: there the agent's desk is open.
alter table engagements add column since bigint not null default 0;
update engagements set since = (select created_at from calls where calls.id = engagements.call_id);
alter table engagements add column instance_id text;

-- When an agent's last call or offer ended: nobody has been available for longer than that.
alter table agents add column free_since bigint not null default 0;
