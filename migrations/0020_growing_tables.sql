-- What is asked for again and again must not take longer with every call that there ever was: the wrap-ups that go on, and the
-- newest calls.

create index wrap_ups_going_on on wrap_ups (started_at) where finished_at is null;
create index calls_by_age on calls (created_at, id);
