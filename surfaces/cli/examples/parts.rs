use std::sync::Arc; use std::time::Instant;
use anju_app::{App, Clock}; use anju_store::{Query,Store}; use anju_ui::{Lang,View,Page,shell}; use maud::{html,Markup};
use anju_pack::{Source, compile};
async fn site(app:&App, view:&View, code:&str)->Markup{
  let scope=app.scope(Some(code),None).unwrap(); let s=app.place_record(code).await.unwrap().unwrap();
  let mut v=view.clone(); v.area=Some(code.into());
  let mut t=Instant::now(); let mut lap=|n:&str|{eprintln!("   {n} {:?}",t.elapsed()); t=Instant::now();};
  let f=anju_base::facts_of(app,&v,&s).await.unwrap(); lap("facts");
  let c=anju_base::coverage_of(app,&v,&scope,&s); lap("cov");
  let p=anju_party::at_site(app,&v,&scope,&s).await.unwrap(); lap("party");
  let g=anju_governance::at_site(app,&v,&scope,&s).await.unwrap(); lap("gov");
  let a=anju_assistance::at_site(app,&v,&scope,&s).await.unwrap(); lap("assist");
  let e=anju_employment::at_site(app,&v,&scope,&s).await.unwrap(); lap("employ");
  let i=anju_industry::at_site(app,&v,&scope,&s).await.unwrap(); lap("industry");
  html!{ (f)(c)(p)(g)(a)(e)(i) }
}
async fn home(app:&App, view:&View, id:&str)->Markup{
  let scope=app.scope(None,None).unwrap(); let s=app.record(app.ledger("household").unwrap(),id).await.unwrap();
  let mut t=Instant::now(); let mut lap=|n:&str|{eprintln!("   {n} {:?}",t.elapsed()); t=Instant::now();};
  let d=anju_base::door(app,&s).await.unwrap(); lap("door");
  let c=anju_base::coverage_of(app,view,&scope,&s); lap("cov");
  let f=anju_base::facts_of(app,view,&s).await.unwrap(); lap("facts");
  let b=anju_base::of_household(app,view,&scope,&s).await.unwrap(); lap("base");
  let a=anju_assistance::of_household(app,view,&scope,&s).await.unwrap(); lap("assist");
  let e=anju_employment::of_household(app,view,&scope,&s).await.unwrap(); lap("employ");
  let i=anju_industry::of_household(app,view,&scope,&s).await.unwrap(); lap("industry");
  let p=anju_party::of_household(app,view,&scope,&s).await.unwrap(); lap("party");
  let g=anju_governance::of_household(app,view,&scope,&s).await.unwrap(); lap("gov");
  let h=anju_base::history(view,&app.history(&s,anju_base::record_lang(view.lang)).await.unwrap()); lap("history");
  html!{ h1{(s.name) " " (d)} (c)(f)(b)(a)(e)(i)(p)(g)(h) }
}
#[tokio::main(flavor="current_thread")] async fn main(){
 let m=[("base",anju_base::SOURCES),("party",anju_party::SOURCES),("employment",anju_employment::SOURCES),("industry",anju_industry::SOURCES),("governance",anju_governance::SOURCES),("assistance",anju_assistance::SOURCES)];
 let mut src:Vec<Source>=m.iter().flat_map(|(n,f)|f.iter().map(move|(p,t)|Source{path:(*p).into(),text:(*t).into(),mechanism:Some((*n).into())})).collect();
 src.push(Source{path:"counties/ningshan/county.toml".into(),text:anju_ningshan::COUNTY_TOML.into(),mechanism:None});
 let pack=Arc::new(compile(&src).unwrap());
 let store=Store::open("sqlite:/tmp/parts/anju.db").await.unwrap();
 eprintln!("ready {:?}",store.ready(&pack).await);
 let clock=Clock::Fixed(pack.county.as_ref().unwrap().clock.unwrap());
 let app=App::open(store,Arc::clone(&pack),clock,true).await.unwrap();
 let out=|name:&str,lang:Lang,body:Markup|{ let p=shell(&Page{lang,large:false,title:name.into(),nav:vec![],area:"x".into(),banner:None,actor:None,search:None,lang_href:"/".into(),large_href:None,foot:vec![],body}); std::fs::write(format!("/tmp/parts/{name}.html"),p.into_string()).unwrap(); };
 for lang in [Lang::Zh,Lang::En]{
  let view=View{lang,large:false,path:"/".into(),query:vec![],area:None,on:None};
  let sites=app.sites(app.county_code());
  for pass in 0..2 { for n in [0usize,8,20] { let t=Instant::now(); let b=site(&app,&view,&sites[n]).await; eprintln!("site {n} pass {pass} {:?} {}B",t.elapsed(),b.0.len()); out(&format!("site{n}-{}",lang.short()),lang,b); } }
  let l=app.ledger("household").unwrap(); let scope=app.scope(None,None).unwrap();
  for q in [None,Some("王"),Some("NS00"),Some("NS00012"),Some("张秀"),Some("ns 0001")] { let t=Instant::now(); let f=anju_base::find_households(&app,&scope,q,0,50).await.unwrap(); eprintln!("find {q:?} {} {:?}",f.total,t.elapsed()); }
  let mut q=Query::of(app.county_code(),l,app.today()); q.limit=Some(200); let hs=app.select(&q).await.unwrap();
  for n in [0usize,5,77,150]{ for _ in 0..2 { let t=Instant::now(); let b=home(&app,&view,&hs[n].id.to_string()).await; eprintln!("home {n} {:?} {}B",t.elapsed(),b.0.len()); out(&format!("home{n}-{}",lang.short()),lang,b);} }
 }
}
