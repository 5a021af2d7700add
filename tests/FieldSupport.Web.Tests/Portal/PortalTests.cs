using System.Net;
using FieldSupport.Domain.Orders;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Tests.Portal;

public sealed class PortalTests
{
    private const string Lakeside = "practice@demo.test";
    private const string Northfork = "practice2@demo.test";
    private static readonly string Receive = $"/portal/shipments/{Parcels.Number}/receive";

    [Theory, OnBothDatabases]
    public async Task The_portal_says_what_arrives_what_needs_you_and_whom_to_call_and_nothing_of_others(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await Parcels.Pack(application);
        var page = await Page(await application.SignedIn(Lakeside), "/portal");
        Assert.Contains("Confirm receipt: ORD-90001", page, StringComparison.Ordinal);
        Assert.Contains(Receive, page, StringComparison.Ordinal);
        Assert.Contains("Tue Feb 9", page, StringComparison.Ordinal);
        Assert.Contains("Field representative", page, StringComparison.Ordinal);
        Assert.DoesNotContain("North Fork", page, StringComparison.Ordinal);
        Assert.DoesNotContain("90002", page, StringComparison.Ordinal);

        var other = await Page(await application.SignedIn(Northfork), "/portal");
        Assert.Contains("ORD-90002", other, StringComparison.Ordinal);
        Assert.DoesNotContain("Confirm receipt: ", other, StringComparison.Ordinal);
    }

    [Theory, OnBothDatabases]
    public async Task An_order_says_where_it_is_in_plain_words(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await Parcels.Pack(application, isDelivered: false);
        var page = await Page(await application.SignedIn(Lakeside), "/portal/orders/ORD-90001");
        Assert.Contains("On its way, Memphis TN", page, StringComparison.Ordinal);
        Assert.Contains("It is needed by", page, StringComparison.Ordinal);
        Assert.Contains("2 × 20 mL", WebUtility.HtmlDecode(page), StringComparison.Ordinal);
    }

    [Theory, OnBothDatabases]
    public async Task A_good_receipt_moves_the_order_and_the_next_sweep_closes_the_watch(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await Parcels.Pack(application);
        await Parcels.Sweep(application, onlyDue: false);
        var practice = await application.SignedIn(Lakeside);
        Assert.Contains("Packs you counted", await Page(practice, Receive), StringComparison.Ordinal);

        var answer = await practice.PostAsync(Receive, Good("2", "A1207", "2028-08-31"));
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Equal("/portal/orders/ORD-90001", answer.Headers.Location!.OriginalString);

        var receipt = Assert.Single(await Parcels.Receipts(application));
        Assert.Equal((2, "A1207", ReceiptCondition.Good, "I. Cole"), (receipt.Packs, receipt.Lot, receipt.Condition, receipt.ReceivedBy));
        await using (var db = application.Open())
        {
            Assert.Equal(OrderState.ReceiptConfirmed, (await db.Orders.SingleAsync(o => o.Number == "ORD-90001")).State);
            var entries = await db.Audit.Where(e => e.Actor == Lakeside).Select(e => e.Action).ToListAsync();
            Assert.Contains("receipt.confirmed", entries);
            Assert.Contains("order.receipt-confirmed", entries);
        }
        await Parcels.Sweep(application);
        await using (var db = application.Open())
        {
            var delivery = await db.Deliveries.SingleAsync(d => d.Number == Parcels.Number);
            Assert.Equal(("Received", false), (delivery.Outlook, delivery.IsOpen));
        }
        Assert.Contains("Nothing is left to confirm", await Page(practice, Receive), StringComparison.Ordinal);
        Assert.Empty(application.Errors);
    }

    [Theory, OnBothDatabases]
    public async Task A_box_in_hand_can_be_confirmed_before_the_carrier_says_so(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await Parcels.Pack(application, isDelivered: false);
        var practice = await application.SignedIn(Lakeside);
        Assert.Equal(HttpStatusCode.SeeOther, (await practice.PostAsync(Receive, Good("2", "A1207", "2028-08-31"))).StatusCode);
        await using var db = application.Open();
        Assert.Equal(OrderState.ReceiptConfirmed, (await db.Orders.SingleAsync(o => o.Number == "ORD-90001")).State);
    }

    [Theory, OnBothDatabases]
    public async Task Missing_packs_are_asked_about_and_then_stand_as_short(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await Parcels.Pack(application);
        var practice = await application.SignedIn(Lakeside);
        var asked = await practice.PostAsync(Receive, Good("1", "A1207", "2028-08-31"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, asked.StatusCode);
        var page = await asked.Content.ReadAsStringAsync();
        Assert.Contains("MissingAreShort", page, StringComparison.Ordinal);
        Assert.Contains("A1207", page, StringComparison.Ordinal);
        Assert.Empty(await Parcels.Receipts(application));

        Assert.Equal(HttpStatusCode.SeeOther, (await practice.PostAsync(Receive, Good("1", "A1207", "2028-08-31", ("MissingAreShort", "true")))).StatusCode);
        var receipts = await Parcels.Receipts(application);
        Assert.Equal([(ReceiptCondition.Good, 1), (ReceiptCondition.Short, 1)], receipts.OrderBy(r => r.Condition.ToString(), StringComparer.Ordinal).Select(r => (r.Condition, r.Packs)));
        await using var db = application.Open();
        Assert.Equal(OrderState.Discrepancy, (await db.Orders.SingleAsync(o => o.Number == "ORD-90001")).State);
    }

    [Theory, OnBothDatabases]
    public async Task An_expired_lot_is_never_good_and_a_bad_condition_is_a_discrepancy(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await Parcels.Pack(application);
        var practice = await application.SignedIn(Lakeside);
        var expired = await practice.PostAsync(Receive, Good("2", "A1207", "2027-02-03"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, expired.StatusCode);
        Assert.Contains("cannot be confirmed as good", await expired.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        var warm = await practice.PostAsync(Receive, Application.Form(
            ("Seen", "0"), ("Safety.Heard", "no"), ("ReceivedBy", "I. Cole"), ("Lines[0].Ndc", Parcels.Ndc), ("Lines[0].Packs", "2"), ("Lines[0].Condition", "TEMPERATURE_CONCERN")));
        Assert.Equal(HttpStatusCode.SeeOther, warm.StatusCode);
        Assert.Equal(ReceiptCondition.TemperatureConcern, Assert.Single(await Parcels.Receipts(application)).Condition);
    }

    [Theory, OnBothDatabases]
    public async Task Two_who_confirm_the_same_box_make_one_receipt_and_the_second_sees_the_first(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await Parcels.Pack(application);
        var one = await application.SignedIn(Lakeside);
        var two = await application.SignedIn(SampleWorld.Nurse);
        Assert.Equal(HttpStatusCode.SeeOther, (await one.PostAsync(Receive, Good("2", "A1207", "2028-08-31"))).StatusCode);
        var late = await two.PostAsync(Receive, Good("2", "A1270", "2028-08-31"));
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        Assert.Contains("A1207", await late.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Single(await Parcels.Receipts(application));
    }

    [Theory, OnBothDatabases]
    public async Task Two_at_the_very_same_moment_make_one_receipt(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await Parcels.Pack(application);
        var clients = new[] { await application.SignedIn(Lakeside), await application.SignedIn(SampleWorld.Nurse) };
        var answers = await Task.WhenAll(clients.Select((c, i) => c.PostAsync(Receive, Good("2", $"LOT{i}", "2028-08-31"))));
        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.SeeOther);
        Assert.Single(answers, a => a.StatusCode is HttpStatusCode.Conflict);
        Assert.Single(await Parcels.Receipts(application));
    }

    [Theory, OnBothDatabases]
    public async Task A_receipt_sent_twice_is_one_and_nobody_is_told_of_somebody_else(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await Parcels.Pack(application);
        var practice = await application.SignedIn(Lakeside);
        for (var i = 0; i < 2; i++) Assert.Equal(HttpStatusCode.SeeOther, (await practice.PostAsync(Receive, Good("2", " A1207", "2028-08-31"))).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await practice.PostAsync(Receive, Good("2", "A1208", "2028-08-31"))).StatusCode);
        Assert.Equal("A1207", Assert.Single(await Parcels.Receipts(application)).Lot);
    }

    [Theory, OnBothDatabases]
    public async Task Another_lot_is_one_more_line_and_saves_nothing(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await Parcels.Pack(application);
        var practice = await application.SignedIn(Lakeside);
        var answer = await practice.PostAsync(Receive, Good("1", "A1207", "2028-08-31", ("add", Parcels.Ndc)));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var page = await answer.Content.ReadAsStringAsync();
        Assert.Contains("Lines[1].Lot", page, StringComparison.Ordinal);
        Assert.Contains("value=\"A1207\"", page, StringComparison.Ordinal);
        Assert.Empty(await Parcels.Receipts(application));
    }

    [Theory, OnBothDatabases]
    public async Task Delivered_but_not_here_stands_against_the_carrier_until_the_box_is_found(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await Parcels.Pack(application);
        var practice = await application.SignedIn(Lakeside);
        Assert.Equal(HttpStatusCode.SeeOther, (await practice.PostAsync($"/portal/shipments/{Parcels.Number}/not-arrived", Application.Form())).StatusCode);
        await Parcels.Sweep(application);
        await using (var db = application.Open())
        {
            var delivery = await db.Deliveries.SingleAsync(d => d.Number == Parcels.Number);
            Assert.True(delivery.IsOpen);
            Assert.Contains("DELIVERED_ELSEWHERE", delivery.Reasons, StringComparison.Ordinal);
        }
        Assert.Equal(HttpStatusCode.SeeOther, (await practice.PostAsync(Receive, Good("2", "A1207", "2028-08-31", ("Seen", "1")))).StatusCode);
        await using var after = application.Open();
        Assert.Equal(OrderState.ReceiptConfirmed, (await after.Orders.SingleAsync(o => o.Number == "ORD-90001")).State);
    }

    private static FormUrlEncodedContent Good(string packs, string lot, string expiry, params (string, string?)[] more) => Application.Form(
        [.. more.Any(m => m.Item1 == "Seen") ? [] : (ReadOnlySpan<(string, string?)>)[("Seen", "0")], .. more.Any(m => m.Item1 == "Safety.Heard") ? [] : (ReadOnlySpan<(string, string?)>)[("Safety.Heard", "no")], ("ReceivedBy", "I. Cole"), ("Lines[0].Ndc", Parcels.Ndc), ("Lines[0].Packs", packs),
         ("Lines[0].Lot", lot), ("Lines[0].Expiry", expiry), ("Lines[0].Condition", "GOOD"), .. more]);

    private static async Task<string> Page(HttpClient client, string address)
    {
        var answer = await client.GetAsync(address);
        var page = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{address}: {answer.StatusCode} {page}");
        return page;
    }
}
