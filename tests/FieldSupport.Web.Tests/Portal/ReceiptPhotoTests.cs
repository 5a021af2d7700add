using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using FieldSupport.Web.Features.Portal;
using FieldSupport.Web.Tests.Pages;
using Microsoft.EntityFrameworkCore;
using SkiaSharp;

namespace FieldSupport.Web.Tests.Portal;

public sealed partial class ReceiptPhotoTests
{
    private const string Practice = "practice@demo.test", Other = "practice2@demo.test";
    private const string Place = "GPS 35.1495N 90.0490W";
    private static readonly string Receive = $"/portal/shipments/{Parcels.Number}/receive";
    private static readonly string Photo = $"/portal/shipments/{Parcels.Number}/photos/1";

    [Theory, OnBothDatabases]
    public async Task A_photo_is_kept_with_the_receipt_without_the_place_it_was_taken_at_and_sales_does_not_see_it(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await Parcels.Pack(application);
        var practice = await application.SignedIn(Practice);
        Assert.Equal(HttpStatusCode.SeeOther, (await practice.PostAsync(Receive, Form([], ("slip.jpg", Jpeg(2400, 1200, turned: true)), ("box.png", Png())))).StatusCode);

        Assert.Contains(Photo, await ListTests.Page(practice, "/portal/orders/ORD-90001"), StringComparison.Ordinal);
        foreach (var who in new[] { Practice, PagesWorld.Logistics, "safety@demo.test" })
        {
            var answer = await (await application.SignedIn(who)).GetAsync(Photo);
            Assert.Equal((HttpStatusCode.OK, "image/jpeg", "nosniff"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, answer.Headers.GetValues("X-Content-Type-Options").Single()));
            Assert.True(answer.Headers.CacheControl!.Private);
            var bytes = await answer.Content.ReadAsByteArrayAsync();
            Assert.DoesNotContain("GPS", Encoding.Latin1.GetString(bytes), StringComparison.Ordinal);
            using var picture = SKBitmap.Decode(bytes);
            Assert.Equal((800, 1600), (picture.Width, picture.Height)); // turned upright, and no longer than 1600
        }
        Assert.Contains(Photo, await ListTests.Page(await application.SignedIn(PagesWorld.Logistics), $"/shipments/{Parcels.Number}"), StringComparison.Ordinal);
        Assert.DoesNotContain(Photo, await ListTests.Page(await application.SignedIn(PagesWorld.Rep), $"/shipments/{Parcels.Number}"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await (await application.SignedIn(Other)).GetAsync(Photo)).StatusCode);
        foreach (var who in new[] { PagesWorld.Rep, PagesWorld.Manager, "auditor@demo.test" }) Assert.Equal(HttpStatusCode.Forbidden, (await (await application.SignedIn(who)).GetAsync(Photo)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await practice.GetAsync(Photo.Replace("/1", "/3", StringComparison.Ordinal))).StatusCode);
        await using var db = application.Open();
        Assert.Equal([1, 2], await db.ReceiptPhotos.OrderBy(p => p.Ordinal).Select(p => p.Ordinal).ToListAsync());
        Assert.Contains("receipt-photo.added", await db.Audit.Select(e => e.Action).ToListAsync());
        Assert.All(await db.ReceiptPhotos.ToListAsync(), p => Assert.True(File.Exists(Path.Combine(application.DataFolder, "attachments", p.Sha256))));
        Assert.Empty(application.Errors);
    }

    [Theory, OnBothDatabases]
    public async Task A_photo_that_is_none_is_refused_in_a_sentence_and_nothing_of_the_form_is_lost(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await Parcels.Pack(application);
        var practice = await application.SignedIn(Practice);
        foreach (var (name, bytes) in new (string, byte[])[]
        {
            ("notes.jpg", "not a picture"u8.ToArray()), ("page.png", "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"u8.ToArray()), ("half.jpg", Jpeg(600, 400)[..900]),
            ("\"><script>alert(1)</script>.jpg", [0xFF, 0xD8, 0xFF, 0xE0, 0, 0]),
        })
        {
            var refused = await practice.PostAsync(Receive, Form([], ("good.png", Png()), (name, bytes)));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            var page = await refused.Content.ReadAsStringAsync();
            Assert.Contains("This is no photo that we can read", page, StringComparison.Ordinal);
            Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
            Assert.Contains("value=\"A1207\"", page, StringComparison.Ordinal);
            Assert.Contains("Photo 1 is attached", page, StringComparison.Ordinal);
        }
        Assert.Empty(await Parcels.Receipts(application));

        // The good one is still there, for this person and this parcel alone.
        var token = Kept().Match(await (await practice.PostAsync(Receive, Form([], ("good.png", Png()), ("notes.jpg", "x"u8.ToArray())))).Content.ReadAsStringAsync()).Groups[1].Value;
        var borrowed = await (await application.SignedIn(SampleWorld.Nurse)).PostAsync(Receive, Form([("Kept", token), ("add", Parcels.Ndc)]));
        Assert.DoesNotContain("is attached", await borrowed.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.SeeOther, (await practice.PostAsync(Receive, Form([("Kept", token), ("Kept", "rubbish")]))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await practice.GetAsync(Photo)).StatusCode);
        Assert.Empty(application.Errors);
    }

    /// <summary>What an iPhone keeps. It sends a JPEG to a page that asks for one; from a computer the file comes as it is.</summary>
    [Fact]
    public async Task A_photo_in_apples_form_is_refused_with_what_to_do_in_both_languages_and_the_form_asks_for_a_jpeg()
    {
        await using var application = await Application.StartAsync(Database.Sqlite);
        await Parcels.Pack(application);
        var practice = await application.SignedIn(Practice);
        Assert.Contains("accept=\"image/jpeg,image/png,image/webp\"", await ListTests.Page(practice, Receive), StringComparison.Ordinal);
        foreach (var (language, said) in new[] { ("en", "is in Apple's HEIC form"), ("es", "está en el formato HEIC de Apple") })
        {
            Assert.Equal(HttpStatusCode.SeeOther, (await practice.PostAsync("/account/language", Application.Form(("language", language), ("returnUrl", Receive)))).StatusCode);
            foreach (var brand in new[] { "heic", "mif1" })
            {
                var refused = await practice.PostAsync(Receive, Form([], ("IMG_0042.HEIC", [0, 0, 0, 24, .. "ftyp"u8, .. Encoding.ASCII.GetBytes(brand), .. new byte[400]])));
                Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
                var page = WebUtility.HtmlDecode(await refused.Content.ReadAsStringAsync());
                Assert.Contains("IMG_0042.HEIC", page, StringComparison.Ordinal);
                Assert.Contains(said, page, StringComparison.Ordinal);
            }
        }
        Assert.Empty(await Parcels.Receipts(application));
    }

    [Fact]
    public void At_most_ten_megabytes_and_a_bounded_number_of_pixels_are_read()
    {
        Assert.Equal("photo.none", PhotoReader.Read([]).Refusal?.Code);
        using var huge = new SKBitmap(new SKImageInfo(9000, 9000, SKColorType.Gray8));
        Assert.Equal("photo.too-large", PhotoReader.Read(huge.Encode(SKEncodedImageFormat.Png, 1).ToArray()).Refusal?.Code);
    }

    [Theory, OnBothDatabases]
    public async Task A_scanned_code_fills_in_lot_and_expiry_and_confirms_nothing(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await Parcels.Pack(application);
        var practice = await application.SignedIn(Practice);
        // The scanner's Enter presses the first button, which is "Confirm receipt".
        var filled = await Read(("Lines[0].Scan", "01003701212503191728053110L7A<GS>21SN0001"));
        Assert.Contains("value=\"L7A\"", filled, StringComparison.Ordinal);
        Assert.Contains("value=\"2028-05-31\"", filled, StringComparison.Ordinal);
        Assert.Contains("Filled in from the code", filled, StringComparison.Ordinal);
        Assert.DoesNotContain("value=\"01003701212503191728053110L7A", filled, StringComparison.Ordinal);

        Assert.Contains("of another product", await Read(("Lines[0].Scan", "01003701212501111728053110L7A")), StringComparison.Ordinal);
        Assert.Contains("expired on 2026-05-31", await Read(("Lines[0].Scan", "01003701212503191726053110L7A")), StringComparison.Ordinal);
        Assert.Contains("compare the lot", await Read(("Lines[0].Scan", "01003701212503191728053110L7A21SN0001")), StringComparison.Ordinal);
        Assert.Contains("This is not a code of a carton", await Read(("Lines[0].Scan", "<script>alert(1)</script>")), StringComparison.Ordinal);
        Assert.Contains("Scan the code on the carton", await Read(("fill", "0")), StringComparison.Ordinal);
        Assert.Empty(await Parcels.Receipts(application));

        async Task<string> Read(params (string, string?)[] fields)
        {
            var answer = await practice.PostAsync(Receive, Application.Form(
                [("Seen", "0"), ("ReceivedBy", "I. Cole"), ("Lines[0].Ndc", Parcels.Ndc), ("Lines[0].Packs", "2"), ("Lines[0].Lot", "OLD"), ("Lines[0].Expiry", "2029-01-31"), ("Lines[0].Condition", "GOOD"), ("Safety.Heard", "no"), .. fields]));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        }
    }

    private static MultipartFormDataContent Form((string Name, string Value)[] fields, params (string Name, byte[] Bytes)[] photos)
    {
        var form = new MultipartFormDataContent();
        foreach (var (name, value) in new[]
        {
            ("Seen", "0"), ("ReceivedBy", "I. Cole"), ("Lines[0].Ndc", Parcels.Ndc), ("Lines[0].Packs", "2"), ("Lines[0].Lot", "A1207"), ("Lines[0].Expiry", "2028-08-31"), ("Lines[0].Condition", "GOOD"),
            ("Safety.Heard", "no"),
        }.Concat(fields)) form.Add(new StringContent(value), name);
        foreach (var (name, bytes) in photos)
        {
            var part = new ByteArrayContent(bytes);
            part.Headers.ContentType = new MediaTypeHeaderValue("image/jpeg");
            part.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data") { Name = "Photos", FileNameStar = name };
            form.Add(part);
        }
        return form;
    }

    private static byte[] Png()
    {
        using var bitmap = new SKBitmap(320, 200);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.SteelBlue);
        return bitmap.Encode(SKEncodedImageFormat.Png, 90).ToArray();
    }

    /// <summary>As a camera writes it: beside the picture its place, and which way it was held.</summary>
    private static byte[] Jpeg(int width, int height, bool turned = false)
    {
        using var bitmap = new SKBitmap(width, height);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.Tomato);
        var jpeg = bitmap.Encode(SKEncodedImageFormat.Jpeg, 90).ToArray();
        // TIFF, big-endian, one entry: orientation 6 or 1; then the text.
        byte[] tiff = [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)(turned ? 6 : 1), 0, 0, 0, 0, 0, 0, .. Encoding.ASCII.GetBytes(Place)];
        byte[] exif = [.. "Exif\0\0"u8, .. tiff];
        return [.. jpeg[..2], 0xFF, 0xE1, (byte)((exif.Length + 2) >> 8), (byte)(exif.Length + 2), .. exif, .. jpeg[2..]];
    }

    [GeneratedRegex("name=\"Kept\" value=\"([^\"]+)\"", RegexOptions.None, 1000)]
    private static partial Regex Kept();
}
