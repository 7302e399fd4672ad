//! Listings over all pages.

use futures::TryStreamExt as _;
use hookwright::ApiError;
use hookwright::proto::{
    Bot, BotGetOptions, GetBotsRequest, GetBotsResponse, GetPostsAfterRequest,
    GetPostsAfterResponse, GetPostsBeforeRequest, GetPostsBeforeResponse,
    GetPostsForChannelRequest, GetPostsForChannelResponse, GetUsersInTeamRequest,
    GetUsersInTeamResponse, GetUsersRequest, GetUsersResponse, KvListRequest, KvListResponse, Post,
    PostList, User,
};
use prost::Message;

use crate::script::{Script, lost};

/// The names of one page of so many.
fn page(of: usize, page: i32, per_page: i32) -> impl Iterator<Item = String> {
    let (page, per_page) = (usize::try_from(page).unwrap(), usize::try_from(per_page).unwrap());
    (0..of).skip(page * per_page).take(per_page).map(|number| format!("name{number}"))
}

fn all(of: usize) -> Vec<String> {
    page(of, 0, i32::MAX).collect()
}

#[tokio::test]
async fn keys_are_listed_to_the_last_page_and_no_further() {
    for (count, calls) in [(0, 1), (1, 1), (99, 1), (100, 2), (250, 3)] {
        let script = Script::new(move |_, request| {
            let KvListRequest { page: number, per_page } = KvListRequest::decode(request).unwrap();
            let keys = page(count, number, per_page).collect();
            Ok(KvListResponse { error: None, keys }.encode_to_vec().into())
        });

        let keys: Vec<_> = script.client(None).kv_list_stream().try_collect().await.unwrap();

        assert_eq!(keys, all(count));
        assert_eq!(script.calls().len(), calls, "{count} keys");
    }
}

#[tokio::test]
async fn other_arguments_are_the_same_for_every_page() {
    let script = Script::new(|_, request| {
        let request = GetUsersInTeamRequest::decode(request).unwrap();
        assert_eq!(request.team_id, "team");
        let user = |username| User { username, ..User::default() };
        let users = page(150, request.page, request.per_page).map(user).collect();
        Ok(GetUsersInTeamResponse { error: None, users }.encode_to_vec().into())
    });

    let users = script.client(None).get_users_in_team_stream("team").all().await.unwrap();

    assert_eq!(users.into_iter().map(|user| user.username).collect::<Vec<_>>(), all(150));
}

#[tokio::test]
async fn options_hold_for_every_page_but_for_the_page_that_they_have() {
    let script = Script::new(|method, request| match method {
        "GetUsers" => {
            let request = GetUsersRequest::decode(request).unwrap();
            assert!(request.inactive);
            let user = |username| User { username, ..User::default() };
            let users = page(150, request.page, request.per_page).map(user).collect();
            Ok(GetUsersResponse { error: None, users }.encode_to_vec().into())
        }
        _ => {
            let options = GetBotsRequest::decode(request).unwrap().options.unwrap();
            assert!(options.only_orphaned);
            let bot = |username| Bot { username, ..Bot::default() };
            let bots = page(150, options.page, options.per_page).map(bot).collect();
            Ok(GetBotsResponse { error: None, bots }.encode_to_vec().into())
        }
    });
    let api = script.client(None);

    let options =
        GetUsersRequest { inactive: true, page: 7, per_page: 1, ..GetUsersRequest::default() };
    let users = api.get_users_stream(options).all().await.unwrap();
    let options =
        BotGetOptions { only_orphaned: true, page: 7, per_page: 1, ..BotGetOptions::default() };
    let bots = api.get_bots_stream(options).all().await.unwrap();

    assert_eq!(users.into_iter().map(|user| user.username).collect::<Vec<_>>(), all(150));
    assert_eq!(bots.into_iter().map(|bot| bot.username).collect::<Vec<_>>(), all(150));
    assert_eq!(script.calls(), ["GetUsers", "GetUsers", "GetBots", "GetBots"]);
}

#[tokio::test]
async fn posts_come_in_their_order_without_those_that_they_reply_to() {
    let script = Script::new(|_, request| {
        let request = GetPostsForChannelRequest::decode(request).unwrap();
        let order: Vec<_> = page(199, request.page, request.per_page).collect();
        let ids = order.iter().cloned().chain(["the root".to_owned()]);
        let posts = ids.map(|id| (id.clone(), Post { id, ..Post::default() })).collect();
        let post_list = Some(PostList { order, posts, ..PostList::default() });
        Ok(GetPostsForChannelResponse { error: None, post_list }.encode_to_vec().into())
    });

    let posts = script.client(None).get_posts_for_channel_stream("channel").all().await.unwrap();

    assert_eq!(posts.into_iter().map(|post| post.id).collect::<Vec<_>>(), all(199));
    assert_eq!(script.calls().len(), 2, "with the root, the second page looks full");
}

/// A server's list of these posts.
fn post_list(order: Vec<String>) -> Option<PostList> {
    let posts = order.iter().map(|id| (id.clone(), Post { id: id.clone(), ..Post::default() }));
    Some(PostList { posts: posts.collect(), order, ..PostList::default() })
}

#[tokio::test]
async fn posts_lead_away_from_the_one_that_they_are_listed_from() {
    let script = Script::new(|method, request| match method {
        "GetPostsAfter" => {
            let request = GetPostsAfterRequest::decode(request).unwrap();
            // The server goes forward by pages, and puts the newest of each page first.
            let mut order: Vec<_> = page(250, request.page, request.per_page).collect();
            order.reverse();
            let post_list = post_list(order);
            Ok(GetPostsAfterResponse { error: None, post_list }.encode_to_vec().into())
        }
        _ => {
            let request = GetPostsBeforeRequest::decode(request).unwrap();
            let post_list = post_list(page(250, request.page, request.per_page).collect());
            Ok(GetPostsBeforeResponse { error: None, post_list }.encode_to_vec().into())
        }
    });
    let api = script.client(None);

    let newer = api.get_posts_after_stream("channel", "post").all().await.unwrap();
    let older = api.get_posts_before_stream("channel", "post").all().await.unwrap();

    assert_eq!(newer.into_iter().map(|post| post.id).collect::<Vec<_>>(), all(250));
    assert_eq!(older.into_iter().map(|post| post.id).collect::<Vec<_>>(), all(250));
}

#[tokio::test(start_paused = true)]
async fn the_first_error_ends_a_listing_after_what_came_before() {
    let script = Script::new(|method, request| {
        let KvListRequest { page: number, per_page } = KvListRequest::decode(request).unwrap();
        match number {
            0 => {
                let keys = page(100, 0, per_page).collect();
                Ok(KvListResponse { error: None, keys }.encode_to_vec().into())
            }
            _ => Err(lost(method)),
        }
    });
    let mut keys = script.client(None).kv_list_stream();

    let mut listed = Vec::new();
    let failure: ApiError = loop {
        match keys.next().await.unwrap() {
            Ok(key) => listed.push(key),
            Err(error) => break error,
        }
    };

    assert_eq!(listed, all(100));
    assert_eq!(failure, lost("KVList"));
    assert!(keys.next().await.is_none());
}

#[tokio::test]
async fn nothing_is_asked_for_before_it_is_wanted() {
    let script = Script::new(|method, _| Err(lost(method)));

    drop(script.client(None).kv_list_stream());

    assert_eq!(script.calls(), [""; 0]);
}
