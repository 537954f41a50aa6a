// floor.c: single-threaded columnar lower bound for the ten rules. gcc -O3 -march=native floor.c -o floor ; ./floor data/national.raw
// Answers one JSON line per line of input.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <stdint.h>
#include <time.h>
#include <sys/stat.h>
#include <sys/resource.h>
typedef uint8_t u8; typedef uint16_t u16; typedef uint32_t u32;
static char*dir; static void*ld(const char*n,size_t es,size_t*cnt){char p[512];snprintf(p,512,"%s/%s",dir,n);struct stat s;stat(p,&s);void*b=aligned_alloc(64,(s.st_size+127)/64*64);FILE*f=fopen(p,"rb");if(fread(b,1,s.st_size,f)!=(size_t)s.st_size)exit(1);fclose(f);if(cnt)*cnt=s.st_size/es;return b;}
static double now(){struct timespec t;clock_gettime(CLOCK_MONOTONIC,&t);return t.tv_sec*1e3+t.tv_nsec/1e6;}
static double cpu(){struct rusage r;getrusage(RUSAGE_SELF,&r);return (r.ru_utime.tv_sec+r.ru_stime.tv_sec)*1e3+(r.ru_utime.tv_usec+r.ru_stime.tv_usec)/1e3;}
static double rss(){struct rusage r;getrusage(RUSAGE_SELF,&r);return r.ru_maxrss/1024.0;}
#define L16(n,c) (u16*)ld(n,2,c)
#define L32(n,c) (u32*)ld(n,4,c)
#define L8(n,c) (u8*)ld(n,1,c)
int main(int ac,char**av){dir=av[1];size_t S,B,H,P,E,I,R,V,G,C,M,GH,BH;
u16*s_c=L16("site.county",&S);u32*b_s=L32("building.site_id",&B);u32*h_s=L32("household.site_id",&H);u8*h_l=L8("household.labour_count",0);
u32*p_h=L32("person.household_id",&P);u8*p_m=L8("person.party_member",0);u32*e_p=L32("employment.person_id",&E);u8*e_s=L8("employment.stable",0);u16*e_e=L16("employment.ended",0);
u32*i_h=L32("industry.household_id",&I);u8*i_t=L8("industry.term",0);u16*i_e=L16("industry.ended",0);u32*r_h=L32("pairing.household_id",&R);u16*r_e=L16("pairing.ended",0);
u32*v_h=L32("visit.household_id",&V);u16*v_d=L16("visit.visited_on",0);u32*g=L32("party_group.site_id",&G),*cm=L32("camera.site_id",&C),*m=L32("moral_review.site_id",&M);u16*m_d=L16("moral_review.held_on",0);
u32*gh=L32("grid_head.site_id",&GH),*bh=L32("building_head.building_id",&BH);
u16 D0=18596; /* 2020-11-30 */ u16 d30=D0-30,d90=D0-90,dq=18536; // 2020-10-01
u16*hmax=calloc(H+1,2);u8*hb=calloc(H+1,1);u8*sm=calloc(S+1,1),*sg=calloc(S+1,1),*sc=calloc(S+1,1),*sr=calloc(S+1,1),*sh=calloc(S+1,1),*bb=calloc(B+1,1);
u32*out=malloc(4*(H*5+S*5+B));static u32 den[10][1024],num[10][1024];
static unsigned long ucount[10],usum[10];char line[64];while(fgets(line,sizeof line,stdin)){double t0=now(),c0=cpu(),t;double ph[6];size_t uo=0,hu=0;
memset(hmax,0,(H+1)*2);memset(hb,0,H+1);memset(sm,0,S+1);memset(sg,0,S+1);memset(sc,0,S+1);memset(sr,0,S+1);memset(sh,0,S+1);memset(bb,0,B+1);memset(den,0,sizeof den);memset(num,0,sizeof num);
for(size_t i=0;i<V;i++){u32 h=v_h[i];u16 d=v_d[i];if(d>hmax[h])hmax[h]=d;} ph[0]=(t=now())-t0;
for(size_t i=0;i<E;i++)hb[p_h[e_p[i]-1]]|=(e_s[i]&(e_e[i]>D0)); ph[1]=now()-t;t=now();
for(size_t i=0;i<R;i++)hb[r_h[i]]|=(u8)((r_e[i]>D0)<<1);
for(size_t i=0;i<I;i++)hb[i_h[i]]|=(u8)(((i_t[i]>0)&(i_e[i]>D0))<<2); ph[2]=now()-t;t=now();
for(size_t i=0;i<P;i++)if(p_m[i]){u32 s=h_s[p_h[i]-1];if(sm[s]<3)sm[s]++;}
for(size_t i=0;i<G;i++)sg[g[i]]=1;for(size_t i=0;i<C;i++)if(sc[cm[i]]<2)sc[cm[i]]++;for(size_t i=0;i<M;i++)sr[m[i]]|=m_d[i]>=dq;for(size_t i=0;i<GH;i++)sh[gh[i]]=1;for(size_t i=0;i<BH;i++)bb[bh[i]]=1; ph[3]=now()-t;t=now();
#define RULE(k,subj,id,c,ok){den[k][c]++;int o=(ok);num[k][c]+=o;out[uo]=id;uo+=!o;}
{u32*o0=out,*o1=out+H,*o2=out+2*H,*o3=out+3*H,*o4=out+4*H;size_t u0=0,u1=0,u2=0,u3=0,u4=0;size_t h=1;
while(h<=H){u32 st=h_s[h-1];u16 c=s_c[st-1];u32 dl=0,n0=0,n1=0,n2=0,n3=0,n4=0;size_t h0=h; /* households are clustered by site */
 for(;h<=H&&h_s[h-1]==st;h++){u8 b=hb[h];u16 mx=hmax[h];u32 l=h_l[h-1]>0,k0=b&1,k1=(b>>1)&1,k2=mx>d30,k3=mx>d90,k4=(b>>2)&1;
  dl+=l;n0+=l&k0;n1+=k1;n2+=k2;n3+=k3;n4+=l&k4;o0[u0]=h;u0+=l&!k0;o1[u1]=h;u1+=!k1;o2[u2]=h;u2+=!k2;o3[u3]=h;u3+=!k3;o4[u4]=h;u4+=l&!k4;}
 u32 dn=h-h0;den[0][c]+=dl;den[4][c]+=dl;den[1][c]+=dn;den[2][c]+=dn;den[3][c]+=dn;num[0][c]+=n0;num[1][c]+=n1;num[2][c]+=n2;num[3][c]+=n3;num[4][c]+=n4;}
uo=5*H;hu=u0+u1+u2+u3+u4;}
for(size_t s=1;s<=S;s++){u16 c=s_c[s-1];if(sm[s]>=3)RULE(5,s,s,c,sg[s])RULE(6,s,s,c,sc[s]>=2)RULE(7,s,s,c,sr[s])RULE(8,s,s,c,sh[s])}
for(size_t b=1;b<=B;b++){u16 c=s_c[b_s[b-1]-1];RULE(9,b,b,c,bb[b])} ph[4]=now()-t;
double ms=now()-t0,cs=cpu()-c0;
memset(ucount,0,sizeof ucount);memset(usum,0,sizeof usum);
for(size_t h=1;h<=H;h++){u8 b=hb[h];u16 mx=hmax[h];u32 l=h_l[h-1]>0;int o[5]={l&&!(b&1),!((b>>1)&1),!(mx>d30),!(mx>d90),l&&!((b>>2)&1)};for(int k=0;k<5;k++)if(o[k]){ucount[k]++;usum[k]+=h;}}
for(size_t s=1;s<=S;s++){int o[4]={sm[s]>=3&&!sg[s],sc[s]<2,!sr[s],!sh[s]};for(int k=0;k<4;k++)if(o[k]){ucount[5+k]++;usum[5+k]+=s;}}
for(size_t b=1;b<=B;b++)if(!bb[b]){ucount[9]++;usum[9]+=b;}
printf("{\"ms\":%.3f,\"cpu_ms\":%.3f,\"rss_mb\":%.1f,\"rules\":[",ms,cs,rss());
for(int k=0;k<10;k++){unsigned long d=0,n=0;for(int c=0;c<1024;c++){d+=den[k][c];n+=num[k][c];}printf("%s[%lu,%lu,%lu,%lu]",k?",":"",d,n,ucount[k],usum[k]);}
printf("]}\n");fflush(stdout);(void)ph;(void)hu;(void)uo;}
return 0;}
