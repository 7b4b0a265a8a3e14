BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE assessments (
	id INTEGER NOT NULL, 
	product TEXT NOT NULL, 
	as_of BIGINT NOT NULL, 
	digest TEXT NOT NULL, 
	published INTEGER NOT NULL, 
	body TEXT NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE certificates (
	id INTEGER NOT NULL, 
	source TEXT NOT NULL, 
	status TEXT NOT NULL, 
	started_at BIGINT NOT NULL, 
	finished_at BIGINT NOT NULL, 
	body TEXT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "certificates" VALUES(1,'jira','complete',1,2,'{"status": "complete", "projects": ["SHOP"]}');
CREATE TABLE changes (
	source TEXT NOT NULL, 
	item TEXT NOT NULL, 
	history TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	at BIGINT NOT NULL, 
	author TEXT, 
	field TEXT NOT NULL, 
	"before" TEXT, 
	"after" TEXT, 
	before_name TEXT, 
	after_name TEXT, 
	CONSTRAINT pk_changes PRIMARY KEY (source, item, history, position), 
	CONSTRAINT fk_changes_item FOREIGN KEY(source, item) REFERENCES items (source, id) ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO "changes" VALUES('jira','10001','1',0,1772456400000000,'u1','status','1','3',NULL,NULL);
INSERT INTO "changes" VALUES('jira','10001','2',0,1772460000000000,'u1','milestones',NULL,'version:77',NULL,NULL);
INSERT INTO "changes" VALUES('jira','10002','1',0,1772456400000000,'u1','status','1','3',NULL,NULL);
INSERT INTO "changes" VALUES('jira','10002','2',0,1772460000000000,'u1','milestones',NULL,'version:77',NULL,NULL);
INSERT INTO "changes" VALUES('jira','10003','1',0,1772456400000000,'u1','status','1','3',NULL,NULL);
INSERT INTO "changes" VALUES('jira','10003','2',0,1772460000000000,'u1','milestones',NULL,'version:77',NULL,NULL);
CREATE TABLE items (
	source TEXT NOT NULL, 
	id TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	project TEXT NOT NULL, 
	updated_at BIGINT NOT NULL, 
	seen_at BIGINT NOT NULL, 
	gap TEXT, 
	body TEXT NOT NULL, 
	CONSTRAINT pk_items PRIMARY KEY (source, id)
);
INSERT INTO "items" VALUES('jira','10001','SHOP-1','SHOP',1772539200000000,1772452800000000,NULL,'{"source":"jira","id":"10001","key":"SHOP-1","project":"SHOP","url":"https://tracker.example/browse/SHOP-1","title":"Pay by card","type":"Story","status":"3","status_name":"In Progress","category":"active","created_at":"2026-03-02T12:00:00Z","updated_at":"2026-03-03T12:00:00Z","assignees":["u1"],"milestones":["version:77"]}');
INSERT INTO "items" VALUES('jira','10002','SHOP-2','SHOP',1772625600000000,1772452800000000,NULL,'{"source":"jira","id":"10002","key":"SHOP-2","project":"SHOP","url":"https://tracker.example/browse/SHOP-2","title":"Pay by card","type":"Story","status":"3","status_name":"In Progress","category":"active","created_at":"2026-03-02T12:00:00Z","updated_at":"2026-03-04T12:00:00Z","assignees":["u1"],"milestones":["version:77"]}');
INSERT INTO "items" VALUES('jira','10003','SHOP-3','SHOP',1772712000000000,1772452800000000,NULL,'{"source":"jira","id":"10003","key":"SHOP-3","project":"SHOP","url":"https://tracker.example/browse/SHOP-3","title":"Pay by card","type":"Story","status":"3","status_name":"In Progress","category":"active","created_at":"2026-03-02T12:00:00Z","updated_at":"2026-03-05T12:00:00Z","assignees":["u1"],"milestones":["version:77"]}');
CREATE TABLE leases (
	source TEXT NOT NULL, 
	holder TEXT NOT NULL, 
	expires_at BIGINT NOT NULL, 
	token BIGINT NOT NULL, 
	CONSTRAINT pk_leases PRIMARY KEY (source)
);
INSERT INTO "leases" VALUES('jira','nightly',0,7);
CREATE TABLE links (
	source TEXT NOT NULL, 
	id TEXT NOT NULL, 
	item TEXT NOT NULL, 
	target TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	type TEXT NOT NULL, 
	phrase TEXT NOT NULL, 
	CONSTRAINT pk_links PRIMARY KEY (source, id)
);
CREATE TABLE milestone_observations (
	source TEXT NOT NULL, 
	milestone TEXT NOT NULL, 
	seen_at BIGINT NOT NULL, 
	title TEXT NOT NULL, 
	start TEXT, 
	due TEXT, 
	CONSTRAINT pk_milestone_observations PRIMARY KEY (source, milestone, seen_at)
);
CREATE TABLE milestones (
	source TEXT NOT NULL, 
	id TEXT NOT NULL, 
	project TEXT NOT NULL, 
	missing_since BIGINT, 
	body TEXT NOT NULL, 
	CONSTRAINT pk_milestones PRIMARY KEY (source, id)
);
CREATE TABLE people (
	source TEXT NOT NULL, 
	id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	username TEXT, 
	email TEXT, 
	bot INTEGER NOT NULL, 
	CONSTRAINT pk_people PRIMARY KEY (source, id)
);
INSERT INTO "people" VALUES('jira','u1','Jane Doe','jane','jane@acme.example',0);
CREATE TABLE raw_payloads (
	source TEXT NOT NULL, 
	item TEXT NOT NULL, 
	body BLOB NOT NULL, 
	CONSTRAINT pk_raw_payloads PRIMARY KEY (source, item), 
	CONSTRAINT fk_raw_payloads_item FOREIGN KEY(source, item) REFERENCES items (source, id) ON DELETE CASCADE
);
INSERT INTO "raw_payloads" VALUES('jira','10001',X'7801AB56CA4C51B25250323430303054AA05001E8A039A');
INSERT INTO "raw_payloads" VALUES('jira','10002',X'7801AB56CA4C51B25250323430303052AA05001E8D039B');
INSERT INTO "raw_payloads" VALUES('jira','10003',X'7801AB56CA4C51B25250323430303056AA05001E90039C');
CREATE TABLE receipts (
	id INTEGER NOT NULL, 
	run_id TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	target TEXT NOT NULL, 
	project TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	surface TEXT NOT NULL, 
	slot TEXT NOT NULL, 
	action TEXT NOT NULL, 
	before_fp TEXT, 
	after_fp TEXT, 
	remote_id TEXT, 
	url TEXT, 
	notifies TEXT NOT NULL, 
	outcome TEXT NOT NULL, 
	error TEXT, 
	previous_text TEXT, 
	PRIMARY KEY (id)
);
CREATE TABLE sources (
	name TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	url TEXT NOT NULL, 
	CONSTRAINT pk_sources PRIMARY KEY (name)
);
INSERT INTO "sources" VALUES('jira','jira','https://tracker.example');
CREATE TABLE statuses (
	source TEXT NOT NULL, 
	id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	category TEXT NOT NULL, 
	CONSTRAINT pk_statuses PRIMARY KEY (source, id)
);
CREATE TABLE watermarks (
	source TEXT NOT NULL, 
	project TEXT NOT NULL, 
	watermark BIGINT, 
	started_at BIGINT, 
	since BIGINT, 
	cursor TEXT, 
	CONSTRAINT pk_watermarks PRIMARY KEY (source, project)
);
INSERT INTO "watermarks" VALUES('jira','SHOP',1772452800000000,NULL,NULL,NULL);
CREATE TABLE worklogs (
	source TEXT NOT NULL, 
	id TEXT NOT NULL, 
	item TEXT NOT NULL, 
	author TEXT, 
	started_at BIGINT NOT NULL, 
	seconds BIGINT NOT NULL, 
	CONSTRAINT pk_worklogs PRIMARY KEY (source, id), 
	CONSTRAINT fk_worklogs_item FOREIGN KEY(source, item) REFERENCES items (source, id) ON DELETE CASCADE
);
CREATE INDEX ix_items_key ON items (source, "key");
CREATE INDEX ix_items_project ON items (source, project, seen_at);
CREATE INDEX ix_items_gap ON items (source, project, gap) WHERE gap IS NOT NULL;
CREATE INDEX ix_links_target ON links (source, target);
CREATE INDEX ix_links_item ON links (source, item);
CREATE INDEX ix_worklogs_item ON worklogs (source, item);
CREATE INDEX ix_certificates_source ON certificates (source, id);
CREATE UNIQUE INDEX ix_assessments_product ON assessments (product, as_of, digest);
CREATE INDEX ix_receipts_place ON receipts (source, target, surface, slot);
CREATE INDEX ix_receipts_run ON receipts (run_id);
COMMIT;
