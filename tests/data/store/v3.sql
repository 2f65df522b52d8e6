-- A database of schema version 3, as the program of that version wrote it.
BEGIN TRANSACTION;
CREATE TABLE actions (
	meeting_id VARCHAR(32) NOT NULL, 
	action_id VARCHAR(40) NOT NULL, 
	seq INTEGER NOT NULL, 
	body TEXT NOT NULL, 
	PRIMARY KEY (meeting_id, action_id), 
	FOREIGN KEY(meeting_id) REFERENCES meetings (id)
);
INSERT INTO "actions" VALUES('20260309-v1aa','a1',13,'{"type":"action","seq":13,"at":"2026-11-24T13:11:57.989+00:00","action_id":"a1","rev":1,"text":"三月底前完成腾退","by":"王芳","item_id":"i1","decision_id":null,"lead_unit":"资产管理处","supporting_units":[],"owner":"","due_date":"2026-03-31","state":"open","evidence":[]}');
CREATE TABLE archive (
	id VARCHAR(64) NOT NULL, 
	path TEXT NOT NULL, 
	imported_at VARCHAR(32) NOT NULL, 
	body TEXT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "archive" VALUES('abababababababababababababababababababababababababababababababab','旧/纪要.txt','2026-11-24T13:11:58+00:00','{"id":"file:1","kind":"minutes","title":"纪要𠮷","date":"","meeting_id":null,"body":"","units":[],"matter":"","classification":"","source":null,"passages":[{"id":"1","text":"会议原则同意。","item":null,"item_title":"","speaker":null,"start_ms":null,"end_ms":null}]}');
CREATE TABLE decisions (
	meeting_id VARCHAR(32) NOT NULL, 
	decision_id VARCHAR(40) NOT NULL, 
	seq INTEGER NOT NULL, 
	body TEXT NOT NULL, 
	PRIMARY KEY (meeting_id, decision_id), 
	FOREIGN KEY(meeting_id) REFERENCES meetings (id)
);
INSERT INTO "decisions" VALUES('20260309-v1aa','d1',12,'{"type":"decision","seq":12,"at":"2026-11-24T13:11:57.973+00:00","decision_id":"d1","rev":1,"item_ids":["i1"],"outcome":"原则通过","by":"王芳","resolution_text":"会议原则同意。","evidence":["s96000"],"withdrawn":false}');
CREATE TABLE events (
	meeting_id VARCHAR(32) NOT NULL, 
	seq INTEGER NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	type VARCHAR(16) NOT NULL, 
	body TEXT NOT NULL, 
	hash VARCHAR(64) DEFAULT '' NOT NULL, 
	PRIMARY KEY (meeting_id, seq), 
	FOREIGN KEY(meeting_id) REFERENCES meetings (id)
);
INSERT INTO "events" VALUES('20260309-v1aa',1,'2026-11-24T13:11:57.901+00:00','agenda','{"type":"agenda","seq":1,"at":"2026-11-24T13:11:57.901+00:00","items":[{"item_id":"i1","number":1,"title":"审议办公用房清理整改方案","state":"scheduled","parent":null,"kind":"其他","presenting_units":["资产管理处"],"presenter":"","minutes_planned":null,"matter":"","classification":"内部","recording":"keep","major":false,"documents":[]},{"item_id":"i2","number":2,"title":"听取试运行情况","state":"scheduled","parent":null,"kind":"其他","presenting_units":[],"presenter":"","minutes_planned":null,"matter":"","classification":"内部","recording":"keep","major":false,"documents":[]}],"by":"王芳"}','d78eacb9578a98e3ce3753993432bfd52be17cd4a56a777bb0d5168a3238aa28');
INSERT INTO "events" VALUES('20260309-v1aa',2,'2026-11-24T13:11:57.901+00:00','phase','{"type":"phase","seq":2,"at":"2026-11-24T13:11:57.901+00:00","phase":"opening","by":"王芳","media_ms":null}','c970fa1af4592bce69f91b83a9b7ce86e908efee4dae53cd1fb7ebe24c071967');
INSERT INTO "events" VALUES('20260309-v1aa',3,'2026-11-24T13:11:57.901+00:00','custody','{"type":"custody","seq":3,"at":"2026-11-24T13:11:57.901+00:00","recording":"keep","order":"start","by":"王芳"}','864b7b8c722c047138127a2c7ab19db2eb91d633731fc8f8d8c12406fde3b5fe');
INSERT INTO "events" VALUES('20260309-v1aa',4,'2026-11-24T13:11:57.909+00:00','item','{"type":"item","seq":4,"at":"2026-11-24T13:11:57.909+00:00","item_id":"i1","number":1,"state":"ongoing","by":"voice","media_ms":500}','d23bb24de6b3271294b873eb1d3fb389a208f75da28981aaa67293ae201ee218');
INSERT INTO "events" VALUES('20260309-v1aa',5,'2026-11-24T13:11:57.917+00:00','segment','{"type":"segment","seq":5,"at":"2026-11-24T13:11:57.917+00:00","segment_id":"s16000","rev":1,"item_id":"i1","start_ms":1000,"end_ms":1900,"text":"现在开始审议第一个议题。","speaker":null,"raw_text":"现在开始审议第一个议题。","confidence":0.8,"source":"asr","by":"asr","from":[],"changes":[],"marks":[]}','e4cb11f23d506b8bf0222042231adb2c85793742c303cbe951c0516894b90c65');
INSERT INTO "events" VALUES('20260309-v1aa',6,'2026-11-24T13:11:57.925+00:00','segment','{"type":"segment","seq":6,"at":"2026-11-24T13:11:57.925+00:00","segment_id":"s48000","rev":1,"item_id":"i1","start_ms":3000,"end_ms":3900,"text":"𠮷野家〇号楼已腾退。","speaker":null,"raw_text":"𠮷野家〇号楼已腾退。","confidence":0.8,"source":"asr","by":"asr","from":[],"changes":[],"marks":[]}','55e0cae27f8d9b6cdaf60b17ec38b5b8a461907869ecfe83aea8fa5993ccab0f');
INSERT INTO "events" VALUES('20260309-v1aa',7,'2026-11-24T13:11:57.933+00:00','gap','{"type":"gap","seq":7,"at":"2026-11-24T13:11:57.933+00:00","start_ms":4500,"end_ms":5200,"reason":"recorder_restart"}','2fe96d8f26bec4280da253b8b428ae71377fb833fafb34aa51feeaa0dabb7a72');
INSERT INTO "events" VALUES('20260309-v1aa',8,'2026-11-24T13:11:57.941+00:00','segment','{"type":"segment","seq":8,"at":"2026-11-24T13:11:57.941+00:00","segment_id":"s96000","rev":1,"item_id":"i1","start_ms":6000,"end_ms":6900,"text":"我同一。","speaker":null,"raw_text":"我同一。","confidence":0.8,"source":"asr","by":"asr","from":[],"changes":[],"marks":[]}','aeaa473b06bd7e7f8d2210b4eacf06d6d4b9f872dd94fb1c4aeb5740bd227413');
INSERT INTO "events" VALUES('20260309-v1aa',9,'2026-11-24T13:11:57.945+00:00','segment','{"type":"segment","seq":9,"at":"2026-11-24T13:11:57.945+00:00","segment_id":"s96000","rev":2,"item_id":"i1","start_ms":6000,"end_ms":6900,"text":"我同意。","speaker":null,"raw_text":"我同意。","confidence":0.8,"source":"human","by":"王芳","from":[],"changes":[],"marks":[]}','310de18172830ead93829135121872d231f4aa7ce85c08241519466a128d1fce');
INSERT INTO "events" VALUES('20260309-v1aa',10,'2026-11-24T13:11:57.949+00:00','segment','{"type":"segment","seq":10,"at":"2026-11-24T13:11:57.949+00:00","segment_id":"s128000","rev":1,"item_id":"i1","start_ms":8000,"end_ms":8900,"text":"（杂音）","speaker":null,"raw_text":"（杂音）","confidence":0.8,"source":"asr","by":"asr","from":[],"changes":[],"marks":[]}','27e1efd928e38c8e48c3a20205e872532d2982f32f68ab4aeec24eafb46e4034');
INSERT INTO "events" VALUES('20260309-v1aa',11,'2026-11-24T13:11:57.957+00:00','segment','{"type":"segment","seq":11,"at":"2026-11-24T13:11:57.957+00:00","segment_id":"s128000","rev":2,"item_id":"i1","start_ms":8000,"end_ms":8900,"text":"","speaker":null,"raw_text":"","confidence":0.8,"source":"human","by":"王芳","from":[],"changes":[],"marks":[]}','ab90c5c855c93bdbc5d2f1fd0855e31aaca2add0d49979de61ed139e97cc703d');
INSERT INTO "events" VALUES('20260309-v1aa',12,'2026-11-24T13:11:57.973+00:00','decision','{"type":"decision","seq":12,"at":"2026-11-24T13:11:57.973+00:00","decision_id":"d1","rev":1,"item_ids":["i1"],"outcome":"原则通过","by":"王芳","resolution_text":"会议原则同意。","evidence":["s96000"],"withdrawn":false}','8506ccc24b792a56e5e125dfae2aff0d55fb6c5af3661d1b419a1429c8c3b3e3');
INSERT INTO "events" VALUES('20260309-v1aa',13,'2026-11-24T13:11:57.989+00:00','action','{"type":"action","seq":13,"at":"2026-11-24T13:11:57.989+00:00","action_id":"a1","rev":1,"text":"三月底前完成腾退","by":"王芳","item_id":"i1","decision_id":null,"lead_unit":"资产管理处","supporting_units":[],"owner":"","due_date":"2026-03-31","state":"open","evidence":[]}','0e0368f4b1f66c860540583d98c28fb610dd9bd510298edaf3ec61ee4633a8fa');
INSERT INTO "events" VALUES('20260309-v1aa',14,'2026-11-24T13:11:58.001+00:00','item','{"type":"item","seq":14,"at":"2026-11-24T13:11:58.001+00:00","item_id":"i1","number":1,"state":"completed","by":"王芳","media_ms":9000}','312c6191bd2d4450ef20f595eb97c35dbe8f95944e8f561a7d7977f4d7ea087a');
INSERT INTO "events" VALUES('20260309-v1aa',15,'2026-11-24T13:11:58.001+00:00','item','{"type":"item","seq":15,"at":"2026-11-24T13:11:58.001+00:00","item_id":"i2","number":2,"state":"ongoing","by":"王芳","media_ms":9000}','e7c99ec7044d96baf0a5d00c5717af695b5192674516109b66ce71a1035132eb');
INSERT INTO "events" VALUES('20260309-v1aa',16,'2026-11-24T13:11:58.009+00:00','note','{"type":"note","seq":16,"at":"2026-11-24T13:11:58.009+00:00","text":"待核","by":"王芳","segment_id":"s48000","item_id":null,"mark":"?"}','35019e323601dfaf22f773c613e092d7de301bf6bbd1481d1295bded35244cdd');
INSERT INTO "events" VALUES('20260309-v1aa',17,'2026-11-24T13:11:58.009+00:00','attendance','{"type":"attendance","seq":17,"at":"2026-11-24T13:11:58.009+00:00","person":"阿依古丽·买买提","state":"left","by":"王芳","item_id":"i2"}','0ad33b622b04fadb4c5d562be85e46d65eb93ea2458746d562e822aae6ce2988');
INSERT INTO "events" VALUES('20260309-v1aa',18,'2026-11-24T13:11:58.021+00:00','custody','{"type":"custody","seq":18,"at":"2026-11-24T13:11:58.021+00:00","recording":"off","order":"stop","by":"王芳"}','6032965045ce4672d5bf74a034a6e3b85ea9db417cebfa08607d470fb6543ca0');
INSERT INTO "events" VALUES('20260309-v1aa',19,'2026-11-24T13:11:58.021+00:00','end','{"type":"end","seq":19,"at":"2026-11-24T13:11:58.021+00:00","reason":"stopped"}','8a5ced72166f2a5d6fc5e6cd5ddae3d7a68af646f3bcfda3d87017365fae522b');
INSERT INTO "events" VALUES('20260316-v1bb',1,'2026-11-24T13:11:58.049+00:00','agenda','{"type":"agenda","seq":1,"at":"2026-11-24T13:11:58.049+00:00","items":[{"item_id":"i1","number":1,"title":"审议办公用房清理整改方案","state":"scheduled","parent":null,"kind":"其他","presenting_units":["资产管理处"],"presenter":"","minutes_planned":null,"matter":"","classification":"内部","recording":"keep","major":false,"documents":[]},{"item_id":"i2","number":2,"title":"听取试运行情况","state":"scheduled","parent":null,"kind":"其他","presenting_units":[],"presenter":"","minutes_planned":null,"matter":"","classification":"内部","recording":"keep","major":false,"documents":[]}],"by":"王芳"}','cfc1d8808080003d072c3e7101f72e3edfeaab047592a4fb9ade3a5a139406c7');
INSERT INTO "events" VALUES('20260316-v1bb',2,'2026-11-24T13:11:58.049+00:00','segment','{"type":"segment","seq":2,"at":"2026-11-24T13:11:58.049+00:00","segment_id":"s16000","rev":1,"item_id":null,"start_ms":1000,"end_ms":1900,"text":"第二次会议，还没有开完 👩‍👩‍👧。","speaker":null,"raw_text":"第二次会议，还没有开完 👩‍👩‍👧。","confidence":0.8,"source":"asr","by":"asr","from":[],"changes":[],"marks":[]}','087cc152828e3fda5304b318146eda45ad6ed1e37282cd1f0d9aa4769927929e');
CREATE TABLE facts (
	name VARCHAR(32) NOT NULL, 
	value VARCHAR(64) NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "facts" VALUES('epoch','2e18fe29d3e14fdda7d1056252f4e69c');
INSERT INTO "facts" VALUES('schema','3');
CREATE TABLE items (
	meeting_id VARCHAR(32) NOT NULL, 
	item_id VARCHAR(40) NOT NULL, 
	seq INTEGER NOT NULL, 
	body TEXT NOT NULL, 
	PRIMARY KEY (meeting_id, item_id), 
	FOREIGN KEY(meeting_id) REFERENCES meetings (id)
);
INSERT INTO "items" VALUES('20260309-v1aa','i1',14,'{"item_id":"i1","number":1,"title":"审议办公用房清理整改方案","state":"completed","parent":null,"kind":"其他","presenting_units":["资产管理处"],"presenter":"","minutes_planned":null,"matter":"","classification":"内部","recording":"keep","major":false,"documents":[]}');
INSERT INTO "items" VALUES('20260309-v1aa','i2',15,'{"item_id":"i2","number":2,"title":"听取试运行情况","state":"ongoing","parent":null,"kind":"其他","presenting_units":[],"presenter":"","minutes_planned":null,"matter":"","classification":"内部","recording":"keep","major":false,"documents":[]}');
INSERT INTO "items" VALUES('20260316-v1bb','i1',1,'{"item_id":"i1","number":1,"title":"审议办公用房清理整改方案","state":"scheduled","parent":null,"kind":"其他","presenting_units":["资产管理处"],"presenter":"","minutes_planned":null,"matter":"","classification":"内部","recording":"keep","major":false,"documents":[]}');
INSERT INTO "items" VALUES('20260316-v1bb','i2',1,'{"item_id":"i2","number":2,"title":"听取试运行情况","state":"scheduled","parent":null,"kind":"其他","presenting_units":[],"presenter":"","minutes_planned":null,"matter":"","classification":"内部","recording":"keep","major":false,"documents":[]}');
CREATE TABLE meetings (
	id VARCHAR(32) NOT NULL, 
	title TEXT NOT NULL, 
	date VARCHAR(10) NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	agenda TEXT NOT NULL, 
	agenda_folder TEXT NOT NULL, 
	created_at VARCHAR(32) NOT NULL, 
	run TEXT, 
	audio_started_at VARCHAR(32), 
	last_seq INTEGER NOT NULL, 
	cut_sample BIGINT NOT NULL, 
	last_hash VARCHAR(64) DEFAULT '' NOT NULL, sound_chain VARCHAR(64) DEFAULT '' NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "meetings" VALUES('20260309-v1aa','局长办公会议','2026-03-09','closed','{"title":"局长办公会议","date":"2026-03-09","items":[{"number":1,"title":"审议办公用房清理整改方案","presenting_units":["资产管理处"]},{"number":2,"title":"听取试运行情况"}]}','材料/三月','2026-11-24T13:11:57.873+00:00','{"source":"mic","device":"会议麦克风","pace":"realtime","follow_chair":false,"model":"whisper-base","language":"zh"}','2026-03-09T01:00:00.123+00:00',19,150000,'8a5ced72166f2a5d6fc5e6cd5ddae3d7a68af646f3bcfda3d87017365fae522b','c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5');
INSERT INTO "meetings" VALUES('20260316-v1bb','局长办公会议','2026-03-16','open','{"title":"局长办公会议","date":"2026-03-16","items":[{"number":1,"title":"审议办公用房清理整改方案","presenting_units":["资产管理处"]},{"number":2,"title":"听取试运行情况"}]}','','2026-11-24T13:11:57.877+00:00','{"source":"mic","device":null,"pace":"realtime","follow_chair":false,"model":"whisper-base","language":"zh"}','2026-03-16T01:00:00.000+00:00',2,32000,'087cc152828e3fda5304b318146eda45ad6ed1e37282cd1f0d9aa4769927929e','');
INSERT INTO "meetings" VALUES('20260323-v1cc','局长办公会议','2026-03-23','scheduled','{"title":"局长办公会议","date":"2026-03-23","items":[{"number":1,"title":"审议办公用房清理整改方案","presenting_units":["资产管理处"]},{"number":2,"title":"听取试运行情况"}]}','','2026-11-24T13:11:57.881+00:00',NULL,NULL,0,0,'','');
CREATE TABLE segments (
	meeting_id VARCHAR(32) NOT NULL, 
	segment_id VARCHAR(40) NOT NULL, 
	seq INTEGER NOT NULL, 
	body TEXT NOT NULL, 
	PRIMARY KEY (meeting_id, segment_id), 
	FOREIGN KEY(meeting_id) REFERENCES meetings (id)
);
INSERT INTO "segments" VALUES('20260309-v1aa','s16000',5,'{"type":"segment","seq":5,"at":"2026-11-24T13:11:57.917+00:00","segment_id":"s16000","rev":1,"item_id":"i1","start_ms":1000,"end_ms":1900,"text":"现在开始审议第一个议题。","speaker":null,"raw_text":"现在开始审议第一个议题。","confidence":0.8,"source":"asr","by":"asr","from":[],"changes":[],"marks":[]}');
INSERT INTO "segments" VALUES('20260309-v1aa','s48000',6,'{"type":"segment","seq":6,"at":"2026-11-24T13:11:57.925+00:00","segment_id":"s48000","rev":1,"item_id":"i1","start_ms":3000,"end_ms":3900,"text":"𠮷野家〇号楼已腾退。","speaker":null,"raw_text":"𠮷野家〇号楼已腾退。","confidence":0.8,"source":"asr","by":"asr","from":[],"changes":[],"marks":[]}');
INSERT INTO "segments" VALUES('20260309-v1aa','s96000',9,'{"type":"segment","seq":9,"at":"2026-11-24T13:11:57.945+00:00","segment_id":"s96000","rev":2,"item_id":"i1","start_ms":6000,"end_ms":6900,"text":"我同意。","speaker":null,"raw_text":"我同意。","confidence":0.8,"source":"human","by":"王芳","from":[],"changes":[],"marks":[]}');
INSERT INTO "segments" VALUES('20260309-v1aa','s128000',11,'{"type":"segment","seq":11,"at":"2026-11-24T13:11:57.957+00:00","segment_id":"s128000","rev":2,"item_id":"i1","start_ms":8000,"end_ms":8900,"text":"","speaker":null,"raw_text":"","confidence":0.8,"source":"human","by":"王芳","from":[],"changes":[],"marks":[]}');
INSERT INTO "segments" VALUES('20260316-v1bb','s16000',2,'{"type":"segment","seq":2,"at":"2026-11-24T13:11:58.049+00:00","segment_id":"s16000","rev":1,"item_id":null,"start_ms":1000,"end_ms":1900,"text":"第二次会议，还没有开完 👩‍👩‍👧。","speaker":null,"raw_text":"第二次会议，还没有开完 👩‍👩‍👧。","confidence":0.8,"source":"asr","by":"asr","from":[],"changes":[],"marks":[]}');
CREATE TABLE words (
	body VARCHAR(200) NOT NULL, 
	text VARCHAR(64) NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	learnt INTEGER NOT NULL, 
	"by" VARCHAR(64) NOT NULL, 
	added_at VARCHAR(32) NOT NULL, 
	PRIMARY KEY (body, text)
);
INSERT INTO "words" VALUES('局长办公会','督办台账𠮷','term',0,'王芳','2026-11-24T15:06:46+00:00');
CREATE INDEX events_by_type ON events (meeting_id, type);
COMMIT;
