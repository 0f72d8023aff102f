-- What this installation made for itself at its first start: its id among others on one media server, and the key that
-- sign-ins are signed with.
create table installation (
    name text primary key,
    value text not null
);
